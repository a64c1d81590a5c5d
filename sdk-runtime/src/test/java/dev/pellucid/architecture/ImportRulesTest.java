package dev.pellucid.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

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
}
