package dev.pellucid.api.plugin;

/**
 * The version of this API. A plugin jar's manifest names the one it was built against in {@value
 * #MANIFEST_ATTRIBUTE}.
 *
 * @param major changes when plugins have to be rebuilt
 * @param minor grows when the API does
 */
public record ApiVersion(int major, int minor) {

  /** The version of the API in this jar. */
  public static final ApiVersion CURRENT = new ApiVersion(1, 0);

  /** The manifest attribute that carries the version a plugin was built against. */
  public static final String MANIFEST_ATTRIBUTE = "Pellucid-Api-Version";

  /**
   * Reads {@code major.minor}.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static ApiVersion parse(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException("not an API version (major.minor): '" + text + "'");
    }
    return new ApiVersion(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  /** Whether a plugin built against the given version runs on this one. */
  public boolean runs(ApiVersion builtAgainst) {
    return major == builtAgainst.major && minor >= builtAgainst.minor;
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
