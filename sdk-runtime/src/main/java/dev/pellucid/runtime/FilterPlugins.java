package dev.pellucid.runtime;

import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.ByteFilter;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.DatagramFilter;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.runtime.config.PluginSettings;
import dev.pellucid.runtime.plugin.PluginKind;
import java.util.ArrayList;
import java.util.List;

/** The filters of one listener, whose kinds the file does not tell apart. */
final class FilterPlugins {
  final List<ConnectionFilter> connectionFilters = new ArrayList<>();
  final List<ByteFilter> byteFilters = new ArrayList<>();
  final List<DatagramFilter> datagramFilters = new ArrayList<>();

  private final PluginMaker maker;
  private final PluginContext context;

  FilterPlugins(PluginMaker maker, PluginContext context) {
    this.maker = maker;
    this.context = context;
  }

  void add(PluginSettings settings) {
    if (maker.has(PluginKind.BYTE_FILTER, settings.type())) {
      add(PluginKind.BYTE_FILTER, settings, Transport.TCP, byteFilters);
    } else if (maker.has(PluginKind.DATAGRAM_FILTER, settings.type())) {
      add(PluginKind.DATAGRAM_FILTER, settings, Transport.UDP, datagramFilters);
    } else {
      maker.make(PluginKind.CONNECTION_FILTER, settings, context).ifPresent(connectionFilters::add);
    }
  }

  private <T> void add(
      PluginKind<T> kind, PluginSettings settings, Transport transport, List<T> filters) {
    if (context.transport() == transport) {
      maker.make(kind, settings, context).ifPresent(filters::add);
    } else {
      maker.refuse(
          settings,
          "the filter \"%s\" is for transport = %s"
              .formatted(settings.type(), transport == Transport.TCP ? "tcp" : "udp"));
    }
  }
}
