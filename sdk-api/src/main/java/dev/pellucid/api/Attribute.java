package dev.pellucid.api;

import java.util.Objects;

/**
 * The name of something that stages attach to a connection, to find it again later or to hand it to
 * others: a filter leaves a server's name, an access log writes it. Two attributes of the same name
 * and type are the same, wherever they were made.
 *
 * @param <T> what is attached; share only types of the JDK and of this API between plugins, because
 *     each plugin has classes of its own
 * @param name its name, for example {@code sni}; one that nobody else is to find begins with the
 *     plugin's own
 * @param type its type
 */
public record Attribute<T>(String name, Class<T> type) {

  /** Checks that both are there. */
  public Attribute {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
  }

  /** An attribute whose value is a text, which an access log can write. */
  public static Attribute<String> text(String name) {
    return new Attribute<>(name, String.class);
  }
}
