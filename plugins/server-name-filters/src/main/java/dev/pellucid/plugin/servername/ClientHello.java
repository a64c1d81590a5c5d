package dev.pellucid.plugin.servername;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a TLS client opens with (RFC 8446, section 4.1.2); all versions have the same form. */
final class ClientHello {
  private static final int VERSION = 2;
  private static final int RANDOM = 32;
  private static final int SERVER_NAME = 0;
  private static final int HOST_NAME = 0;
  private static final int ALPN = 16;

  private @Nullable String name;
  private @Nullable List<String> protocols;

  private ClientHello() {}

  /** Reads a whole one, without the header of the handshake message. */
  static Reading.Asked read(Bytes hello) throws MalformedException {
    hello.skip(VERSION + RANDOM);
    hello.skip(hello.u8()); // session id
    hello.skip(hello.u16()); // cipher suites
    hello.skip(hello.u8()); // compression methods
    ClientHello read = new ClientHello();
    if (!hello.isEmpty()) {
      Bytes extensions = hello.part(hello.u16());
      while (!extensions.isEmpty()) {
        read.extension(extensions.u16(), extensions.part(extensions.u16()));
      }
    }
    MalformedException.unless(hello.isEmpty());
    return new Reading.Asked(
        Optional.ofNullable(read.name), read.protocols == null ? List.of() : read.protocols);
  }

  /** An extension that comes twice could mean one thing here and another to the server. */
  private void extension(int type, Bytes content) throws MalformedException {
    if (type == SERVER_NAME) {
      MalformedException.unless(name == null);
      name = serverName(whole(content));
    } else if (type == ALPN) {
      MalformedException.unless(protocols == null);
      protocols = protocols(whole(content));
    }
  }

  /** A list that fills its extension. */
  private static Bytes whole(Bytes content) throws MalformedException {
    Bytes list = content.part(content.u16());
    MalformedException.unless(content.isEmpty());
    return list;
  }

  /** RFC 6066 allows one name of each type and defines one type. */
  private static String serverName(Bytes list) throws MalformedException {
    MalformedException.unless(list.u8() == HOST_NAME);
    Bytes text = list.part(list.u16());
    MalformedException.unless(list.isEmpty());
    return HostName.of(text.rest()).orElseThrow(MalformedException::new);
  }

  /** Leaves out what cannot be written in a configuration or a log, such as GREASE. */
  private static List<String> protocols(Bytes list) throws MalformedException {
    List<String> protocols = new ArrayList<>();
    while (!list.isEmpty()) {
      String protocol = list.part(list.u8()).rest();
      MalformedException.unless(!protocol.isEmpty());
      if (Alpn.isPrintable(protocol)) {
        protocols.add(protocol);
      }
    }
    return List.copyOf(protocols);
  }
}
