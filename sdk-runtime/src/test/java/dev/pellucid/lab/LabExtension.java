package dev.pellucid.lab;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link Lab} does; registered by that annotation. */
public final class LabExtension implements ExecutionCondition, ParameterResolver {
  private static final Namespace STORE = Namespace.create(LabExtension.class);
  private static final Duration WITHOUT_TIMEOUT = Duration.ofSeconds(30);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return "off".equals(System.getProperty("lab"))
        ? ConditionEvaluationResult.disabled("-Dlab=off")
        : ConditionEvaluationResult.enabled("the lab is on");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == LabNetwork.class
        && context.getTestMethod().isPresent();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(STORE)
        .getOrComputeIfAbsent(LabNetwork.class, key -> open(context), OpenLab.class)
        .network();
  }

  private static OpenLab open(ExtensionContext context) {
    try {
      LabNetwork network = LabNetwork.open(servers(context));
      Duration half = timeout(context).dividedBy(2);
      return new OpenLab(network, HungTestWatch.start(context.getDisplayName(), network, half));
    } catch (IOException e) {
      throw new ParameterResolutionException("the lab could not be built: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ParameterResolutionException("interrupted while the lab was built", e);
    }
  }

  private static int servers(ExtensionContext context) {
    return annotation(context, Lab.class).map(Lab::servers).orElse(1);
  }

  private static Duration timeout(ExtensionContext context) {
    return annotation(context, Timeout.class)
        .map(timeout -> Duration.of(timeout.value(), timeout.unit().toChronoUnit()))
        .orElse(WITHOUT_TIMEOUT);
  }

  private static <A extends Annotation> Optional<A> annotation(
      ExtensionContext context, Class<A> type) {
    return AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), type)
        .or(() -> AnnotationSupport.findAnnotation(context.getRequiredTestClass(), type));
  }

  /** Kept in the test method's store, which closes it after the test. */
  private record OpenLab(LabNetwork network, HungTestWatch watch) implements AutoCloseable {
    @Override
    public void close() throws IOException, InterruptedException {
      watch.close();
      network.close();
    }
  }
}
