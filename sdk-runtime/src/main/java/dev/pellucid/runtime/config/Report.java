package dev.pellucid.runtime.config;

import com.typesafe.config.ConfigOrigin;
import java.util.ArrayList;
import java.util.List;

/** Collects what is to be said about a file, so that it is all said at once. */
final class Report {
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  void problem(ConfigOrigin origin, String key, String text) {
    problems.add(Problem.at(origin, key, text));
  }

  void note(ConfigOrigin origin, String key, String text) {
    notes.add(Problem.at(origin, key, text).toString());
  }

  List<String> notes() {
    return notes;
  }

  void requireNoProblem() {
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }
}
