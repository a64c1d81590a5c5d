package dev.pellucid.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Imports run one way. Plugins need no rule: sdk-api is all they have on their class path; the
 * samples have one of their own.
 */
@AnalyzeClasses(packages = "dev.pellucid", importOptions = ImportOption.DoNotIncludeTests.class)
class ImportRulesTest {

  @ArchTest
  static final ArchRule apiKnowsOnlyWhatPluginsGet =
      classes()
          .that()
          .resideInAPackage("dev.pellucid.api..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.pellucid.api..",
              "java..",
              "org.apache.pekko..",
              "com.typesafe.config..",
              "org.reactivestreams..",
              "org.jspecify..",
              "scala..");

  @ArchTest
  static final ArchRule onlyTheLinuxPackageCallsNativeCode =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.pellucid.runtime.linux..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jnr..", "com.kenai.jffi..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule importsRunOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("server")
          .definedBy("dev.pellucid.runtime")
          .layer("config")
          .definedBy("dev.pellucid.runtime.config..")
          .layer("javadsl")
          .definedBy("dev.pellucid.javadsl..")
          .layer("parts")
          .definedBy(
              "dev.pellucid.runtime.stage..",
              "dev.pellucid.runtime.upstream..",
              "dev.pellucid.runtime.admin..",
              "dev.pellucid.runtime.plugin..",
              "dev.pellucid.runtime.host..")
          .layer("relay")
          .definedBy("dev.pellucid.runtime.relay..")
          .layer("proxyprotocol")
          .definedBy("dev.pellucid.runtime.proxyprotocol..")
          .layer("loop")
          .definedBy("dev.pellucid.runtime.loop..")
          .layer("linux")
          .definedBy("dev.pellucid.runtime.linux..")
          .whereLayer("server")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("config")
          .mayOnlyBeAccessedByLayers("server")
          .whereLayer("javadsl")
          .mayOnlyBeAccessedByLayers("server", "config")
          .whereLayer("parts")
          .mayOnlyBeAccessedByLayers("server", "config", "javadsl")
          .whereLayer("relay")
          .mayOnlyBeAccessedByLayers("server", "javadsl", "parts")
          .whereLayer("proxyprotocol")
          .mayOnlyBeAccessedByLayers("relay")
          .whereLayer("loop")
          .mayOnlyBeAccessedByLayers("server", "javadsl", "parts", "relay")
          .whereLayer("linux")
          .mayOnlyBeAccessedByLayers("server", "javadsl", "parts", "relay", "loop");

  @ArchTest
  static final ArchRule theHostIsReadThenExamined =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("doctor")
          .definedBy("dev.pellucid.runtime.host.doctor")
          .layer("probe")
          .definedBy("dev.pellucid.runtime.host.doctor.probe")
          .layer("checks")
          .definedBy("dev.pellucid.runtime.host.doctor.(firewall|routing|process|kernel)")
          .layer("examination")
          .definedBy("dev.pellucid.runtime.host.examination")
          .layer("state")
          .definedBy("dev.pellucid.runtime.host.state")
          .layer("ruleset")
          .definedBy("dev.pellucid.runtime.host.ruleset")
          .layer("rules")
          .definedBy("dev.pellucid.runtime.host")
          .whereLayer("doctor")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("probe")
          .mayOnlyBeAccessedByLayers("doctor")
          .whereLayer("checks")
          .mayOnlyBeAccessedByLayers("doctor")
          .whereLayer("examination")
          .mayOnlyBeAccessedByLayers("doctor", "probe", "checks")
          .whereLayer("state")
          .mayOnlyBeAccessedByLayers("doctor", "probe", "checks", "examination")
          .whereLayer("ruleset")
          .mayOnlyBeAccessedByLayers("doctor", "probe", "checks", "examination", "state");

  @ArchTest
  static final ArchRule checksOfOneKindDoNotKnowAnother =
      slices().matching("dev.pellucid.runtime.host.doctor.(*)..").should().notDependOnEachOther();
}
