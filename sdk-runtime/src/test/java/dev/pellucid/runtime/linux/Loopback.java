package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Sockets of the real kernel on loopback; whatever is still open is closed at the end. */
final class Loopback implements AutoCloseable {
  static final int PATIENCE_MILLIS = 5_000;
  static final int EBADF = 9;

  private static final int SIZE = 1 << 16;

  final SocketCalls calls = new SocketCalls();
  private final NativeMemory memory = NativeMemory.allocate(SIZE);
  private final TreeSet<Integer> open = new TreeSet<>();

  /** Both ends of an established connection. */
  record Connected(int client, int server) {}

  /** Loopback of each family, for parameterized tests. */
  static Stream<InetAddress> addresses() throws IOException {
    byte[] six = new byte[16];
    six[15] = 1;
    return Stream.of(
        InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), InetAddress.getByAddress(six));
  }

  /** An address of the same family that no interface has: reserved for documentation. */
  static InetAddress foreign(InetAddress like) throws IOException {
    boolean four = SocketAddresses.family(like) == SocketAddresses.AF_INET;
    return InetAddress.getByName(four ? "192.0.2.7" : "2001:db8::7");
  }

  int socket(InetAddress family) throws LinuxException {
    return own(LinuxException.check("socket", calls.tcpSocket(family)));
  }

  int bound(InetAddress host) throws LinuxException {
    int fd = socket(host);
    LinuxException.check("bind", calls.bind(fd, host, 0));
    return fd;
  }

  int listener(InetAddress host) throws LinuxException {
    int fd = bound(host);
    LinuxException.check("listen", calls.listen(fd, 16));
    return fd;
  }

  Connected connected(InetAddress host) throws LinuxException {
    return connectedTo(listener(host), host);
  }

  Connected connectedTo(int listener, InetAddress host) throws LinuxException {
    int client = connecting(socket(host), calls.localAddress(listener));
    await(listener, Epoll.IN);
    int server = own(LinuxException.check("accept", calls.accept(listener)));
    await(client, Epoll.OUT);
    return new Connected(client, server);
  }

  /** Starts to connect a socket. */
  int connecting(int fd, InetSocketAddress destination) throws LinuxException {
    int result = calls.connect(fd, destination);
    if (result != -Errno.EINPROGRESS) {
      LinuxException.check("connect", result);
    }
    return fd;
  }

  /** Waits for one of these events and returns all that there are. */
  int await(int fd, int interest) throws LinuxException {
    try (Epoll epoll = Epoll.create(1)) {
      epoll.add(fd, interest, 0);
      assertEquals(1, epoll.await(PATIENCE_MILLIS), "no event within the time limit");
      return epoll.events(0);
    }
  }

  /** Whether there is something to receive now. */
  boolean readable(int fd) throws LinuxException {
    try (Epoll epoll = Epoll.create(1)) {
      epoll.add(fd, Epoll.IN, 0);
      return epoll.await(0) == 1;
    }
  }

  /** Has all of a short text sent. */
  void send(int fd, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    assertEquals(bytes.length, send(fd, bytes, 0, bytes.length, false));
  }

  long send(int fd, byte[] bytes, int start, int length, boolean more) {
    int part = Math.min(length, SIZE);
    memory.put(0, bytes, start, part);
    return SocketCalls.send(fd, memory.address(), part, more);
  }

  /** Sends until the socket has no room. */
  void fill(int fd) {
    byte[] chunk = new byte[SIZE];
    long n;
    do {
      n = send(fd, chunk, 0, SIZE, false);
    } while (n > 0);
    assertEquals(-Errno.EAGAIN, n);
  }

  /** What recv(2) reports. */
  long receive(int fd) {
    return SocketCalls.receive(fd, memory.address(), SIZE);
  }

  /** What one recv(2) reads, which must be something. */
  byte[] receiveBytes(int fd) {
    long n = receive(fd);
    assertTrue(n > 0, () -> "received " + n);
    byte[] bytes = new byte[(int) n];
    memory.get(0, bytes, 0, bytes.length);
    return bytes;
  }

  String receiveText(int fd) {
    return new String(receiveBytes(fd), StandardCharsets.US_ASCII);
  }

  /** An integer socket option's value. */
  int option(int fd, int level, int number) {
    memory.putInt(0, SIZE);
    memory.putInt(8, 4);
    assertEquals(0, LibC.C.getsockopt(fd, level, number, memory.address(), memory.address() + 8));
    return memory.getInt(0);
  }

  int option(int fd, SocketOption option) {
    return option(fd, option.level, option.number);
  }

  /** Takes charge of a descriptor. */
  int own(int fd) {
    open.add(fd);
    return fd;
  }

  void close(int fd) {
    open.remove(fd);
    Descriptor.close(fd);
  }

  void reset(int fd) {
    open.remove(fd);
    calls.reset(fd);
  }

  @Override
  public void close() {
    open.forEach(Descriptor::close);
    open.clear();
  }

  /** Bytes without a pattern that a shifted or repeated block would go unnoticed in. */
  static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
