package dev.pellucid.lab;

/** Something to do in a lab host's namespace. */
@FunctionalInterface
public interface LabAction {
  /** Does it. */
  void run() throws Exception;
}
