package com.example.pellucid;

import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.filter.ConnectionFilterFactory;
import dev.pellucid.api.log.AccessLogFactory;
import dev.pellucid.api.plugin.ProxyPlugin;
import java.util.List;

// #plugin
/**
 * What this jar brings. The file {@code META-INF/services/dev.pellucid.api.plugin.ProxyPlugin}
 * names this class, so it needs a public constructor without parameters.
 */
public final class CustomPlugin implements ProxyPlugin {

  @Override
  public List<ConnectionFilterFactory> connectionFilters() {
    return List.of(new OfficeHours.Factory());
  }

  @Override
  public List<BalancerFactory> balancers() {
    return List.of(new Rendezvous.Factory());
  }

  @Override
  public List<AccessLogFactory> accessLogs() {
    return List.of(new SlowLog.Factory());
  }
}
// #plugin
