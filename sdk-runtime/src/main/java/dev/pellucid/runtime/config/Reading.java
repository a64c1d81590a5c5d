package dev.pellucid.runtime.config;

import com.typesafe.config.ConfigValue;

/** Turns a value of the file into one of Java. */
@FunctionalInterface
interface Reading<T> {

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if it is not one of this kind; the message says what is
   *     expected and what is there
   */
  T read(ConfigValue value);
}
