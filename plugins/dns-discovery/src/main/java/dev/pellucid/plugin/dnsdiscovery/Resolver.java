package dev.pellucid.plugin.dnsdiscovery;

import dev.pellucid.api.Addresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.DirContext;
import javax.naming.directory.InitialDirContext;

/**
 * Asks a DNS server, by means of the JDK's DNS provider: unlike {@link InetAddress} it keeps no
 * answer, knows SRV records, and asks the server it is told to. Its names are complete: it appends
 * no search domain and does not read {@code /etc/hosts}. For one thread; blocks.
 */
final class Resolver implements AutoCloseable {
  /** The first wait for an answer; each further one is twice as long. */
  private static final String WAIT_MILLIS = "1000";

  /** How often each server is asked: an answer, or none, is there after seven seconds. */
  private static final String ATTEMPTS = "3";

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-]{1,63}(?:\\.[A-Za-z0-9_-]{1,63})*\\.?");

  private final DirContext context;

  private Resolver(DirContext context) {
    this.context = context;
  }

  /**
   * Opens a resolver.
   *
   * @param server who is asked; if empty, those that {@code /etc/resolv.conf} names
   */
  @SuppressWarnings("JdkObsolete") // JNDI takes nothing but a Hashtable
  static Resolver open(Optional<InetSocketAddress> server) {
    Hashtable<String, String> environment = new Hashtable<>();
    environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    environment.put(
        Context.PROVIDER_URL, server.map(given -> "dns://" + Addresses.text(given)).orElse("dns:"));
    environment.put("com.sun.jndi.dns.timeout.initial", WAIT_MILLIS);
    environment.put("com.sun.jndi.dns.timeout.retries", ATTEMPTS);
    try {
      return new Resolver(new InitialDirContext(environment));
    } catch (NamingException e) {
      throw new DnsException("the DNS cannot be asked: " + text(e), e);
    }
  }

  /**
   * Whether a text has the form of a name. Others are never asked for, wherever they come from:
   * JNDI would take {@code ldap://…} for the address of a server to go to.
   */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** The addresses of a name, at least one. */
  List<InetAddress> addresses(String name, Family family) {
    List<InetAddress> addresses = new ArrayList<>();
    for (String type : family.types()) {
      records(name, type).forEach(text -> addresses.add(Addresses.literal(text)));
    }
    if (addresses.isEmpty()) {
      throw new DnsException(
          name + " has no " + String.join(" or ", family.types()) + " record", null);
    }
    return addresses;
  }

  /** The servers of a service, at least one. */
  List<ServiceRecord> services(String name) {
    List<ServiceRecord> services =
        records(name, "SRV").stream()
            .map(ServiceRecord::parse)
            .filter(server -> !server.isNone())
            .toList();
    if (services.isEmpty()) {
      throw new DnsException(name + " has no SRV record with a server", null);
    }
    return services;
  }

  /** One type at a time: the provider would ask for several as ANY, which few servers answer. */
  @SuppressWarnings("BanJNDI") // for its objects, which the DNS provider has none of
  private List<String> records(String name, String type) {
    if (!isName(name)) {
      throw new DnsException("not a name in the DNS: \"" + name + "\"", null);
    }
    try {
      Attribute records = context.getAttributes(name, new String[] {type}).get(type);
      return records == null
          ? List.of()
          : Collections.list(records.getAll()).stream().map(Object::toString).toList();
    } catch (NamingException e) {
      throw new DnsException("%s (%s): %s".formatted(name, type, text(e)), e);
    }
  }

  private static String text(NamingException failure) {
    Throwable cause = failure.getRootCause();
    return failure.getExplanation() + (cause == null ? "" : ": " + cause.getMessage());
  }

  @Override
  public void close() {
    try {
      context.close();
    } catch (NamingException e) {
      throw new DnsException("the DNS cannot be left: " + text(e), e);
    }
  }
}
