package dev.pellucid.lab;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test method a {@link LabNetwork} of its own, as a parameter of the method and of the
 * class's {@code @BeforeEach} methods. The one on the method wins over the one on the class.
 *
 * <p>Where no network can be built, the test fails; {@code -Dlab=off} skips it on purpose. A test
 * that has used up half of its {@code @Timeout}, or 15 seconds if it has none, prints how to look
 * into the hosts. A test that leaves something running fails.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(LabExtension.class)
public @interface Lab {
  /** How many servers there are. */
  int servers() default 1;
}
