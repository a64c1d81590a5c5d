package dev.pellucid.sample.transparenthttp;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** A proxy of streams needs the SDK's face and pekko-http; no more. */
@AnalyzeClasses(
    packages = "dev.pellucid.sample.transparenthttp",
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
                              "dev.pellucid.sample.transparenthttp..",
                              "dev.pellucid.api..",
                              "dev.pellucid.javadsl.."))));
}
