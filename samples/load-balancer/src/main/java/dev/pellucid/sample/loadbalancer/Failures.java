package dev.pellucid.sample.loadbalancer;

import dev.pellucid.runtime.config.ConfigurationException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Tells the user what failed, and leaves the stack trace to the debug log. */
final class Failures implements IExecutionExceptionHandler {
  /** Something failed that the configuration is not to blame for. */
  static final int CANNOT_START = 1;

  /** The configuration, a plugin or the command line is wrong; picocli uses the same code. */
  static final int BAD_CONFIGURATION = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    Throwable cause = cause(failure);
    LOG.debug("{} failed", command.getCommandName(), cause);
    command.getErr().println(text(cause));
    command.getErr().flush();
    return cause instanceof ConfigurationException ? BAD_CONFIGURATION : CANNOT_START;
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
    return cause == null ? failure : cause(cause);
  }

  /** Messages of the JDK's exceptions seldom make sense without the class's name and the cause. */
  private static String text(Throwable cause) {
    return cause.getClass().getName().startsWith("dev.pellucid.")
        ? String.valueOf(cause.getMessage())
        : "pellucid: " + cause + (cause.getCause() == null ? "" : ": " + cause.getCause());
  }
}
