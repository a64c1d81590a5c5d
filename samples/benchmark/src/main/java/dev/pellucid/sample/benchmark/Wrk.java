package dev.pellucid.sample.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What wrk counted.
 *
 * @param requests the answers
 * @param perSecond the answers per second
 */
record Wrk(double requests, double perSecond) {
  private static final int GRACE_SECONDS = 20;
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s*([\\d.]+)");
  private static final Pattern ERRORS =
      Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");

  /** Sends requests over so many connections. */
  static Wrk run(Site site, String url, int connections, int seconds, String... options)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of("wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "--timeout", "10s"));
    command.addAll(List.of(options));
    command.add(url);
    return read(site.onClient(seconds + GRACE_SECONDS, command.toArray(String[]::new)));
  }

  static Wrk read(String output) throws IOException {
    Matcher errors = ERRORS.matcher(output);
    if (errors.find()) {
      throw new IOException("wrk: " + errors.group());
    }
    Wrk result = new Wrk(number(REQUESTS, output), number(RATE, output));
    if (result.requests == 0) {
      throw new IOException("wrk: no answer at all");
    }
    return result;
  }

  private static double number(Pattern pattern, String output) throws IOException {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new IOException("wrk says: " + output);
    }
    return Double.parseDouble(matcher.group(1));
  }
}
