package dev.pellucid.runtime.host.doctor;

import static java.util.stream.Collectors.joining;

import dev.pellucid.runtime.host.HostCommandException;
import dev.pellucid.runtime.host.MissingCommandException;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What could not be looked at: a finding of its own, unless another says why already. */
final class Unseen {
  private static final Pattern REFUSED =
      Pattern.compile("not permitted|permission denied", Pattern.CASE_INSENSITIVE);

  private final List<IOException> reasons = new ArrayList<>();

  void add(IOException reason) {
    reasons.add(reason);
  }

  /** Adds what is to be said about it. */
  void report(List<Finding> findings, List<String> notes) {
    // Rules are for those who have CAP_NET_ADMIN, which would do in place of CAP_NET_RAW too.
    boolean unprivileged = has(findings, FindingType.CAPABILITY_MISSING, "CAP_NET_RAW");
    List<IOException> rest = new ArrayList<>();
    List<IOException> refused = new ArrayList<>();
    for (IOException reason : reasons) {
      if (unprivileged && refused(reason)) {
        refused.add(reason);
      } else if (!isMissingTool(reason, findings)) {
        rest.add(reason);
      }
    }
    if (!refused.isEmpty()) {
      notes.add("Not all was seen; run the doctor as root: " + texts(refused));
    }
    if (!rest.isEmpty()) {
      findings.add(cannotLook(rest));
    }
  }

  private static boolean refused(IOException reason) {
    return reason instanceof AccessDeniedException
        || (reason instanceof HostCommandException command
            && REFUSED.matcher(command.stderr()).find())
        || (reason.getCause() instanceof IOException cause && refused(cause));
  }

  private static boolean isMissingTool(IOException reason, List<Finding> findings) {
    return reason instanceof MissingCommandException missing
        && has(findings, FindingType.NO_TOOL, missing.command());
  }

  private static boolean has(List<Finding> findings, FindingType type, String subject) {
    return findings.stream()
        .anyMatch(finding -> finding.type() == type && finding.subject().equals(subject));
  }

  private static String cure(List<IOException> reasons) {
    return reasons.stream().anyMatch(Unseen::refused)
        ? "# run the doctor as root"
        : "# root sees no more: look for it by hand, and report what could not be read";
  }

  private static String texts(List<IOException> reasons) {
    return reasons.stream()
        .map(reason -> String.valueOf(reason.getMessage()))
        .distinct()
        .collect(joining("; "));
  }

  private static Finding cannotLook(List<IOException> reasons) {
    return new Finding(
        FindingType.CANNOT_LOOK,
        "this host",
        texts(reasons),
        "What cannot be seen may be in the way all the same.",
        cure(reasons));
  }
}
