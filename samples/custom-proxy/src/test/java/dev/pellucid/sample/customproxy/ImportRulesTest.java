package dev.pellucid.sample.customproxy;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** A custom proxy needs the SDK's face and, here, two plugins; no more. */
@AnalyzeClasses(
    packages = "dev.pellucid.sample.customproxy",
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
                              "dev.pellucid.sample.customproxy..",
                              "dev.pellucid.api..",
                              "dev.pellucid.javadsl..",
                              "dev.pellucid.plugin.."))));
}
