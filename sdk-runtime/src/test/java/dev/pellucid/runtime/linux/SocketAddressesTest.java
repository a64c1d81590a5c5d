package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SocketAddressesTest {
  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private final NativeMemory memory = NativeMemory.allocate(SocketAddresses.MAX_SIZE);

  @Property
  void readsTheIpv4AddressThatWasWritten(
      @ForAll @Size(4) byte[] bytes, @ForAll @IntRange(max = 65535) int port) throws Exception {
    InetAddress address = InetAddress.getByAddress(bytes);
    assertEquals(16, SocketAddresses.write(soiled(), address, port));
    InetSocketAddress read = SocketAddresses.read(memory);
    assertInstanceOf(Inet4Address.class, read.getAddress());
    assertEquals(new InetSocketAddress(address, port), read);
  }

  @Property
  void readsTheIpv6AddressThatWasWritten(
      @ForAll @Size(16) byte[] bytes,
      @ForAll @IntRange(max = 65535) int port,
      @ForAll @IntRange int scope)
      throws Exception {
    Assume.that(!Arrays.equals(MAPPED, Arrays.copyOf(bytes, 12)));
    Inet6Address address = Inet6Address.getByAddress(null, bytes, scope);
    assertEquals(28, SocketAddresses.write(soiled(), address, port));
    InetSocketAddress read = SocketAddresses.read(memory);
    assertEquals(new InetSocketAddress(address, port), read);
    assertEquals(scope, ((Inet6Address) read.getAddress()).getScopeId());
  }

  /** A dual-stack listener's IPv4 clients, and what they ask for. */
  @Property
  void readsAMappedAddressAsTheIpv4AddressThatItIs(@ForAll @Size(4) byte[] bytes) throws Exception {
    InetAddress like6 = InetAddress.getByName("fd00::1");
    SocketAddresses.write(soiled(), like6, 80);
    memory.put(8, MAPPED, 0, MAPPED.length);
    memory.put(8 + MAPPED.length, bytes, 0, bytes.length);
    assertEquals(
        new InetSocketAddress(InetAddress.getByAddress(bytes), 80), SocketAddresses.read(memory));
    assertInstanceOf(Inet4Address.class, SocketAddresses.read(memory).getAddress());
  }

  /** The calls of a thread share one block, so what was there before must not shine through. */
  private NativeMemory soiled() {
    byte[] dirt = new byte[SocketAddresses.MAX_SIZE];
    Arrays.fill(dirt, (byte) 0xa5);
    memory.put(0, dirt, 0, dirt.length);
    return memory;
  }

  @Example
  void writesSockaddrIn() throws Exception {
    SocketAddresses.write(soiled(), InetAddress.getByName("10.1.2.3"), 0xcafe);
    assertEquals(2, memory.getShort(0));
    assertArrayEquals(bytes(0xca, 0xfe, 10, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0), written(2, 16));
  }

  @Example
  void writesSockaddrIn6() throws Exception {
    SocketAddresses.write(soiled(), scoped("fe80::102", 7), 80);
    assertEquals(10, memory.getShort(0));
    assertArrayEquals(bytes(0, 80, 0, 0, 0, 0), written(2, 8));
    assertArrayEquals(bytes(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2), written(8, 24));
    assertEquals(7, memory.getInt(24));
  }

  private static InetAddress scoped(String address, int scope) throws UnknownHostException {
    return Inet6Address.getByAddress(null, InetAddress.getByName(address).getAddress(), scope);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private byte[] written(int from, int to) {
    byte[] bytes = new byte[to - from];
    memory.get(from, bytes, 0, bytes.length);
    return bytes;
  }

  @Example
  void tellsTheFamily() throws Exception {
    assertEquals(2, SocketAddresses.family(InetAddress.getByName("10.1.2.3")));
    assertEquals(10, SocketAddresses.family(InetAddress.getByName("fd00::1")));
  }
}
