package dev.pellucid.runtime.linux;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Room for some datagrams, received with one system call and sent on with another from where they
 * are. An event loop owns one; what is in it is lost when the caller returns to the loop. Not
 * thread-safe.
 */
public final class DatagramBatch {
  /** How many datagrams it holds. */
  public static final int CAPACITY = 32;

  /** No datagram is larger, with either version of IP. */
  public static final int MAX_DATAGRAM = 65535;

  private static final int BUFFER_SIZE = 65536;
  private static final int NAME_SIZE = 32;
  private static final int CONTROL_SIZE = 64;
  private static final int MAX_PREFIX = 64;
  private static final int SOL_IP = 0;
  private static final int SOL_IPV6 = 41;
  private static final int IP_PKTINFO = 8;
  private static final int IPV6_PKTINFO = 50;
  private static final int CONTROL_LEVEL = 8;
  private static final int CONTROL_TYPE = 12;
  private static final int CONTROL_DATA = 16;

  private final NativeMemory buffers = NativeMemory.allocate(CAPACITY * BUFFER_SIZE);
  private final NativeMemory names = NativeMemory.allocate(CAPACITY * NAME_SIZE);
  private final NativeMemory controls = NativeMemory.allocate(CAPACITY * CONTROL_SIZE);
  private final DatagramHeaders addressed = new DatagramHeaders(CAPACITY);
  private final DatagramHeaders plain = new DatagramHeaders(CAPACITY);
  private final DatagramHeaders outgoing = new DatagramHeaders(CAPACITY);
  private final NativeMemory receiverName = NativeMemory.allocate(NAME_SIZE);
  private final NativeMemory senderControl = NativeMemory.allocate(CONTROL_SIZE);
  private final NativeMemory prefixMemory = NativeMemory.allocate(MAX_PREFIX);
  private final int[] offsets = new int[CAPACITY];
  private final int[] lengths = new int[CAPACITY];

  /** How many headers of {@link #addressed} the kernel has written to. */
  private int used = CAPACITY;

  /** An empty batch. */
  public DatagramBatch() {
    for (int i = 0; i < CAPACITY; i++) {
      addressed.setBuffer(i, buffer(i), MAX_DATAGRAM);
      plain.setBuffer(i, buffer(i), MAX_DATAGRAM);
    }
  }

  private long buffer(int index) {
    return buffers.address() + (long) index * BUFFER_SIZE;
  }

  /**
   * recvmmsg(2) on a connected socket.
   *
   * @param most how many datagrams to receive at most, up to {@link #CAPACITY}
   * @return how many were received, or the negative errno. Fewer than {@code most} are all there
   *     were.
   */
  public int receive(int fd, int most) {
    return receive(fd, plain, most);
  }

  /**
   * The same on a socket that tells with each datagram where it was sent to; {@link #flow} then
   * tells.
   */
  public int receiveAddressed(int fd) {
    for (int i = 0; i < used; i++) {
      addressed.setName(i, names.address() + (long) i * NAME_SIZE, SocketAddresses.MAX_SIZE);
      addressed.setControl(i, controls.address() + (long) i * CONTROL_SIZE, CONTROL_SIZE);
    }
    int n = receive(fd, addressed, CAPACITY);
    used = Math.max(n, 0);
    return n;
  }

  private int receive(int fd, DatagramHeaders headers, int most) {
    while (true) {
      int n = LibC.C.recvmmsg(fd, headers.address(0), most, 0, null);
      if (n >= 0) {
        for (int i = 0; i < n; i++) {
          offsets[i] = 0;
          lengths[i] = headers.length(i);
        }
        return n;
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  /** Who sent a datagram of {@link #receiveAddressed} to whom; null if the kernel did not tell. */
  public @Nullable DatagramFlow flow(int index) {
    long control = originalDestination(index);
    if (control < 0) {
      return null;
    }
    long name = (long) index * NAME_SIZE;
    return new DatagramFlow(
        SocketAddresses.firstWord(names, name),
        SocketAddresses.highWord(names, name),
        SocketAddresses.lowWord(names, name),
        SocketAddresses.firstWord(controls, control),
        SocketAddresses.highWord(controls, control),
        SocketAddresses.lowWord(controls, control));
  }

  /** The offset of the address in the control message, which is the only one asked for; or -1. */
  private long originalDestination(int index) {
    long at = (long) index * CONTROL_SIZE;
    if (addressed.controlLength(index) <= CONTROL_DATA) {
      return -1;
    }
    int type = controls.getInt(at + CONTROL_TYPE);
    return switch (controls.getInt(at + CONTROL_LEVEL)) {
      case SOL_IP -> type == SocketOption.IP_RECVORIGDSTADDR.number ? at + CONTROL_DATA : -1;
      case SOL_IPV6 -> type == SocketOption.IPV6_RECVORIGDSTADDR.number ? at + CONTROL_DATA : -1;
      default -> -1;
    };
  }

  /** The size of a datagram in bytes. */
  public int length(int index) {
    return lengths[index];
  }

  /** A copy of a datagram. */
  public byte[] get(int index) {
    return get(index, lengths[index]);
  }

  /** A copy of a datagram's first bytes. */
  public byte[] get(int index, int length) {
    byte[] bytes = new byte[length];
    buffers.get((long) index * BUFFER_SIZE + offsets[index], bytes, 0, length);
    return bytes;
  }

  /** Takes a datagram's first bytes off. */
  public void skip(int index, int length) {
    offsets[index] += length;
    lengths[index] -= length;
  }

  /**
   * Replaces a datagram.
   *
   * @throws IllegalArgumentException if it is longer than {@link #MAX_DATAGRAM}
   */
  public void put(int index, byte[] datagram) {
    if (datagram.length > MAX_DATAGRAM) {
      throw new IllegalArgumentException(datagram.length + " bytes are no datagram");
    }
    buffers.put((long) index * BUFFER_SIZE, datagram, 0, datagram.length);
    offsets[index] = 0;
    lengths[index] = datagram.length;
  }

  /**
   * sendmmsg(2) on a connected socket.
   *
   * @param from the first datagram
   * @param to after the last one
   * @param prefix what each of them begins with, up to 64 bytes
   * @return how many were sent, or the negative errno if the first could not be
   */
  public int send(int fd, int from, int to, byte[] prefix) {
    prefixMemory.put(0, prefix, 0, prefix.length);
    for (int i = from; i < to; i++) {
      outgoing.setBuffer(i, buffer(i) + offsets[i], lengths[i]);
      outgoing.setPrefix(i, prefixMemory.address(), prefix.length);
      outgoing.setName(i, 0, 0);
      outgoing.setControl(i, 0, 0);
    }
    return sendPrepared(fd, from, to);
  }

  /**
   * sendmmsg(2) on a socket that is not connected.
   *
   * @param receiver whom to send to
   * @param sender from which address of the socket's, if the socket is not bound to one
   */
  public int sendTo(
      int fd, int from, int to, InetSocketAddress receiver, Optional<InetAddress> sender) {
    int nameLength = SocketAddresses.write(receiverName, receiver.getAddress(), receiver.getPort());
    int controlLength = sender.map(this::writeSender).orElse(0);
    for (int i = from; i < to; i++) {
      outgoing.setBuffer(i, buffer(i) + offsets[i], lengths[i]);
      outgoing.setPrefix(i, 0, 0);
      outgoing.setName(i, receiverName.address(), nameLength);
      outgoing.setControl(i, controlLength == 0 ? 0 : senderControl.address(), controlLength);
    }
    return sendPrepared(fd, from, to);
  }

  /** A control message that is {@code struct in_pktinfo}, or {@code struct in6_pktinfo}. */
  private int writeSender(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean four = bytes.length == 4;
    int length = CONTROL_DATA + (four ? 12 : 20);
    senderControl.putLong(0, length);
    senderControl.putInt(CONTROL_LEVEL, four ? SOL_IP : SOL_IPV6);
    senderControl.putInt(CONTROL_TYPE, four ? IP_PKTINFO : IPV6_PKTINFO);
    if (four) {
      senderControl.putInt(CONTROL_DATA, 0);
      senderControl.put(CONTROL_DATA + 4, bytes, 0, 4);
      senderControl.putInt(CONTROL_DATA + 8, 0);
    } else {
      senderControl.put(CONTROL_DATA, bytes, 0, 16);
      senderControl.putInt(CONTROL_DATA + 16, 0);
    }
    return length;
  }

  private int sendPrepared(int fd, int from, int to) {
    while (true) {
      int n = LibC.C.sendmmsg(fd, outgoing.address(from), to - from, 0);
      if (n >= 0) {
        return n;
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }
}
