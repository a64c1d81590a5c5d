package dev.pellucid.api.log;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Transport;

/** The fields of a {@link ConnectionSummary}: all access logs write them under the same names. */
public enum SummaryField implements LogField {
  /** When the connection was accepted: UTC, as in ISO 8601, always with milliseconds. */
  TIME("time", false),
  /** The connection's number, unique in the process. */
  ID("id", true),
  /** The transport protocol: {@code tcp} or {@code udp}. */
  TRANSPORT("transport", false),
  /** The client's address and port; IPv6 in brackets, zeros written out. */
  CLIENT("client", false),
  /** The client's address. */
  CLIENT_IP("client-ip", false),
  /** The client's port. */
  CLIENT_PORT("client-port", true),
  /** The address and port the client asked for. */
  DESTINATION("destination", false),
  /** The address the client asked for. */
  DESTINATION_IP("destination-ip", false),
  /** The port the client asked for. */
  DESTINATION_PORT("destination-port", true),
  /** The upstream it was routed to, if any: address and port. */
  UPSTREAM("upstream", false),
  /** The upstream's address. */
  UPSTREAM_IP("upstream-ip", false),
  /** The upstream's port. */
  UPSTREAM_PORT("upstream-port", true),
  /** The {@linkplain Connection#POOL named pool} a filter chose, if one did. */
  POOL("pool", false),
  /** Bytes passed on from the client to the upstream. */
  FROM_CLIENT("from-client", true),
  /** Bytes passed on from the upstream to the client. */
  FROM_UPSTREAM("from-upstream", true),
  /** Milliseconds from acceptance until the upstream was connected, if it was; three decimals. */
  CONNECT_MS("connect-ms", true),
  /** Milliseconds from acceptance until both legs were closed; three decimals. */
  TOTAL_MS("total-ms", true),
  /** Two letters, who ended it and in which phase: {@link Termination#code}. */
  END("end", false),
  /** Why it ended, in one word: {@link Termination.Cause#text}. */
  CAUSE("cause", false);

  private final String label;
  private final boolean number;

  SummaryField(String label, boolean number) {
    this.label = label;
    this.number = number;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public boolean isNumber() {
    return number;
  }

  @Override
  public void appendTo(StringBuilder text, ConnectionSummary summary) {
    Connection connection = summary.connection();
    Termination end = summary.termination();
    switch (this) {
      case TIME -> Times.iso(text, connection.acceptedAt());
      case ID -> text.append(connection.id());
      case TRANSPORT -> text.append(connection.transport() == Transport.TCP ? "tcp" : "udp");
      case CLIENT -> Addresses.append(text, connection.client());
      case CLIENT_IP -> Addresses.append(text, connection.client().getAddress());
      case CLIENT_PORT -> text.append(connection.client().getPort());
      case DESTINATION -> Addresses.append(text, connection.originalDestination());
      case DESTINATION_IP -> Addresses.append(text, connection.originalDestination().getAddress());
      case DESTINATION_PORT -> text.append(connection.originalDestination().getPort());
      case UPSTREAM -> summary.upstream().ifPresent(up -> Addresses.append(text, up.address()));
      case UPSTREAM_IP ->
          summary.upstream().ifPresent(up -> Addresses.append(text, up.address().getAddress()));
      case UPSTREAM_PORT -> summary.upstream().ifPresent(up -> text.append(up.address().getPort()));
      case POOL -> connection.get(Connection.POOL).ifPresent(text::append);
      case FROM_CLIENT -> text.append(summary.bytesFromClient());
      case FROM_UPSTREAM -> text.append(summary.bytesFromUpstream());
      case CONNECT_MS -> summary.connectTime().ifPresent(time -> Times.milliseconds(text, time));
      case TOTAL_MS -> Times.milliseconds(text, summary.totalTime());
      case END -> text.append(end.party().letter()).append(end.phase().letter());
      case CAUSE -> text.append(end.cause().text());
    }
  }
}
