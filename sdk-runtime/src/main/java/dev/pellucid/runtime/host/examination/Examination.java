package dev.pellucid.runtime.host.examination;

import java.util.List;

/**
 * What an examination tells.
 *
 * @param findings what is in the proxy's way
 * @param notes what it could not find out, a sentence each; nothing is known to be wrong there
 */
public record Examination(List<Finding> findings, List<String> notes) {

  /** Copies the lists. */
  public Examination {
    findings = List.copyOf(findings);
    notes = List.copyOf(notes);
  }
}
