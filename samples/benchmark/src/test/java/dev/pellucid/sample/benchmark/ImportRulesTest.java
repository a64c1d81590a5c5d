package dev.pellucid.sample.benchmark;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Pellucid is measured from outside: the benchmark knows the lab, the firewall rules, and for the
 * proxies that it writes itself the SDK's face; no more.
 */
@AnalyzeClasses(
    packages = "dev.pellucid.sample.benchmark",
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
                              "dev.pellucid.sample.benchmark..",
                              "dev.pellucid.lab..",
                              "dev.pellucid.api..",
                              "dev.pellucid.javadsl..",
                              "dev.pellucid.runtime.host.."))));
}
