package dev.pellucid.plugin.dump;

import dev.pellucid.api.filter.ByteFilter;
import dev.pellucid.api.filter.ByteFilterFactory;
import dev.pellucid.api.filter.DatagramFilter;
import dev.pellucid.api.filter.DatagramFilterFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the byte filter {@code dump} for TCP and the datagram filter {@code dump-datagrams} for
 * UDP. They write what passes to an SLF4J logger, at level DEBUG, as {@code hexdump -C} would.
 *
 * <table>
 * <caption>Settings of both</caption>
 * <tr><td>bytes</td><td>how many bytes: of each direction of a connection, or of each datagram;
 * default 256</td></tr>
 * <tr><td>logger</td><td>the logger's name; default {@code dump}</td></tr>
 * </table>
 */
public final class DumpPlugin implements ProxyPlugin {
  private static final String BYTES = "bytes";
  private static final String LOGGER = "logger";
  private static final Set<String> KEYS = Set.of(BYTES, LOGGER);

  @Override
  public List<ByteFilterFactory> byteFilters() {
    return List.of(new BytesFactory());
  }

  @Override
  public List<DatagramFilterFactory> datagramFilters() {
    return List.of(new DatagramsFactory());
  }

  private static long most(Settings settings) {
    return settings.bytes(BYTES).orElse(256L);
  }

  private static Logger logger(Settings settings) {
    return LoggerFactory.getLogger(settings.text(LOGGER, "dump"));
  }

  private static final class BytesFactory implements ByteFilterFactory {
    @Override
    public String type() {
      return "dump";
    }

    @Override
    public String description() {
      return "Logs the first bytes of both directions of a TCP connection";
    }

    @Override
    public Set<String> keys() {
      return KEYS;
    }

    @Override
    public ByteFilter create(Settings settings, PluginContext context) {
      return new Dump(logger(settings), most(settings));
    }
  }

  private static final class DatagramsFactory implements DatagramFilterFactory {
    @Override
    public String type() {
      return "dump-datagrams";
    }

    @Override
    public String description() {
      return "Logs the datagrams of a UDP session";
    }

    @Override
    public Set<String> keys() {
      return KEYS;
    }

    @Override
    public DatagramFilter create(Settings settings, PluginContext context) {
      return new DatagramDump(logger(settings), most(settings));
    }
  }
}
