package dev.pellucid.api.plugin;

import java.util.Set;

/**
 * Makes the instances of one plugin type. {@link #create} is called once for each place in the
 * configuration that names the type (a balancer's, once for each pool that has it), before any
 * socket is opened and off the event loops. Every instance it returns is closed.
 *
 * @param <T> what it makes
 */
public interface PluginFactory<T> {

  /**
   * The name that selects this plugin in the configuration's {@code type}, for example {@code
   * cidr}.
   */
  String type();

  /** What this type does, in one line without a full stop: {@code pellucid plugins} prints it. */
  String description();

  /**
   * The keys that settings of this type may have, other than {@code type}. The runtime refuses any
   * other key and lists these.
   */
  Set<String> keys();

  /**
   * Makes an instance.
   *
   * @param settings the object in the configuration file that named this type
   * @param context where the instance will work
   * @throws com.typesafe.config.ConfigException if a setting is missing or bad, as {@link Settings}
   *     does; anything else that is thrown is taken for an error of the plugin, and either way the
   *     proxy does not start
   */
  T create(Settings settings, PluginContext context);
}
