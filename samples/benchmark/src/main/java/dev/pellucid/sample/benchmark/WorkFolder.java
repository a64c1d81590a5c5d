package dev.pellucid.sample.benchmark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that lasts as long as this JVM. */
final class WorkFolder {
  private WorkFolder() {}

  static Path create() throws IOException {
    Path folder = Files.createTempDirectory("pellucid-benchmark");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder.toFile())));
    return folder;
  }

  // After Ctrl-C, dying processes remove files of theirs at the same time.
  private static void delete(File file) {
    File[] children = file.listFiles();
    if (children != null) {
      for (File child : children) {
        delete(child);
      }
    }
    file.delete();
  }
}
