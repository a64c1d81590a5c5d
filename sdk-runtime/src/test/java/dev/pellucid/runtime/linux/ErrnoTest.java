package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ErrnoTest {
  private static final Set<String> OUT_OF_DESCRIPTORS =
      Set.of("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM");

  static Stream<Field> constants() {
    return Arrays.stream(Errno.class.getFields()).filter(field -> field.getType() == int.class);
  }

  @ParameterizedTest
  @MethodSource("constants")
  void describesEachConstantByItsName(Field constant) throws Exception {
    String text = Errno.describe(constant.getInt(null));
    // The C library's text depends on the locale.
    assertTrue(text.matches(constant.getName() + " \\(.+\\)"), text);
  }

  @Test
  void theTextsAreTheCLibrarys() throws Exception {
    Set<String> texts = constants().map(ErrnoTest::text).collect(Collectors.toSet());
    assertEquals(constants().count(), texts.size(), () -> "the same text for two: " + texts);
  }

  private static String text(Field constant) {
    try {
      return LibC.C.strerror(constant.getInt(null));
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void describesOthersByTheirNumber() {
    String text = Errno.describe(9);
    assertTrue(text.matches("errno 9 \\(.+\\)"), text);
  }

  @ParameterizedTest
  @MethodSource("constants")
  void knowsWhichMeanThatDescriptorsHaveRunOut(Field constant) throws Exception {
    assertEquals(
        OUT_OF_DESCRIPTORS.contains(constant.getName()),
        Errno.outOfDescriptors(constant.getInt(null)));
  }

  @Test
  void anExceptionTellsTheCallAndTheError() {
    LinuxException e = new LinuxException("bind 10.0.0.1:80", Errno.EADDRINUSE);
    assertEquals("bind 10.0.0.1:80: " + Errno.describe(Errno.EADDRINUSE), e.getMessage());
    assertEquals(Errno.EADDRINUSE, e.errno());
  }

  @Test
  void theLastErrorIsTheCallingThreads() {
    LibC.C.listen(-1, 1);
    LinuxException e = LinuxException.last("listen");
    assertEquals(Loopback.EBADF, e.errno());
    assertTrue(e.getMessage().startsWith("listen: errno 9 ("), e.getMessage());
  }

  @Test
  void checkPassesResultsAndThrowsNegativeErrnos() throws Exception {
    assertEquals(7, LinuxException.check("socket", 7));
    assertEquals(0, LinuxException.check("bind", 0));
    LinuxException e =
        assertThrows(LinuxException.class, () -> LinuxException.check("bind", -Errno.EACCES));
    assertEquals(Errno.EACCES, e.errno());
    assertTrue(e.getMessage().startsWith("bind: EACCES ("), e.getMessage());
  }
}
