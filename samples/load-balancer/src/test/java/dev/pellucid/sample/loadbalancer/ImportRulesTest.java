package dev.pellucid.sample.loadbalancer;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The application is written against the SDK's face, the lab, and what starts a proxy from a file.
 */
@AnalyzeClasses(
    packages = "dev.pellucid.sample",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ImportRulesTest {

  @ArchTest
  static final ArchRule knowsNoInnerPackage =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.pellucid..")
                  .and(
                      not(
                          resideInAnyPackage(
                              "dev.pellucid.sample..",
                              "dev.pellucid.api..",
                              "dev.pellucid.javadsl..",
                              "dev.pellucid.lab..",
                              "dev.pellucid.runtime",
                              "dev.pellucid.runtime.config..",
                              "dev.pellucid.runtime.plugin..",
                              "dev.pellucid.runtime.host.."))))
          .allowEmptyShould(true);
}
