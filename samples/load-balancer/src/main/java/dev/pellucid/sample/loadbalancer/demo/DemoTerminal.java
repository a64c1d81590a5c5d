package dev.pellucid.sample.loadbalancer.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the demo prints. On a terminal, running steps show before they are done, and a little
 * colour; anywhere else, plain lines.
 *
 * @param out where to
 * @param live whether it is a terminal
 * @param colour whether it shows colours
 * @param unicode whether it can show a check mark
 */
record DemoTerminal(PrintStream out, boolean live, boolean colour, boolean unicode) {
  private static final String ERASE_LINE = "\r\033[K";
  private static final String BOLD = "1";
  private static final String DIM = "2";
  private static final String RED = "31";
  private static final String GREEN = "32";

  /** Standard output. */
  static DemoTerminal standard() {
    boolean live = isTerminal();
    String encoding =
        System.getProperty("stdout.encoding", System.getProperty("native.encoding", "US-ASCII"));
    boolean unicode = Charset.forName(encoding).newEncoder().canEncode('✓');
    return new DemoTerminal(System.out, live, live && System.getenv("NO_COLOR") == null, unicode);
  }

  // System.console() is no test: newer JDKs have one everywhere.
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  void heading(String text) {
    out.println();
    line(styled(BOLD, text));
    out.println();
  }

  void line(String text) {
    out.println(text.isEmpty() ? "" : "  " + text);
  }

  void faint(String text) {
    line(styled(DIM, text));
  }

  /** A step that has begun; {@link #done} takes its line. */
  void begin(String step) {
    if (live) {
      out.print(ERASE_LINE + "  " + styled(DIM, (unicode ? "… " : ". ") + step));
      out.flush();
    }
  }

  void done(String step) {
    erase();
    good(step);
  }

  /** Takes away a step that has begun. */
  void erase() {
    if (live) {
      out.print(ERASE_LINE);
      out.flush();
    }
  }

  void good(String text) {
    line(styled(GREEN, unicode ? "✓" : "*") + " " + text);
  }

  void bad(String text) {
    line(styled(RED, unicode ? "✗" : "!") + " " + text);
  }

  private String styled(String style, String text) {
    return colour ? "\033[" + style + "m" + text + "\033[0m" : text;
  }
}
