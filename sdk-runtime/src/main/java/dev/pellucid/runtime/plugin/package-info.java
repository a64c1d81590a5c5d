/**
 * Finds plugins on the class path and in folders. Each plugin of a folder has a class loader of its
 * own, so plugins cannot get into each other's way. They are loaded once and never unloaded.
 */
@NullMarked
package dev.pellucid.runtime.plugin;

import org.jspecify.annotations.NullMarked;
