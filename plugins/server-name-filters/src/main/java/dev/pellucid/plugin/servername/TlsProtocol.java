package dev.pellucid.plugin.servername;

import dev.pellucid.plugin.servername.Reading.Unreadable;

/**
 * Takes the ClientHello out of the TLS records that carry it (RFC 8446, sections 4 and 5), of which
 * there may be several.
 */
final class TlsProtocol implements Protocol {
  private static final int RECORD_HEADER = 5;
  private static final int MOST_IN_RECORD = 16384;
  private static final int HANDSHAKE = 22;
  private static final int MAJOR_VERSION = 3;
  private static final int MESSAGE_HEADER = 4;
  private static final int CLIENT_HELLO = 1;

  @Override
  public Reading read(byte[] seen, int before) {
    if (!maybeTls(seen)) {
      return Unreadable.OTHER_PROTOCOL;
    }
    try {
      return new Message(seen).read();
    } catch (MalformedException e) {
      return Unreadable.MALFORMED;
    }
  }

  private static boolean maybeTls(byte[] seen) {
    return (seen.length < 1 || seen[0] == HANDSHAKE)
        && (seen.length < 2 || seen[1] == MAJOR_VERSION);
  }

  /** The first handshake message, put together from its records as far as they have come. */
  private static final class Message {
    private final byte[] records;
    private int at;
    private int leftOfRecord;
    private final byte[] message;
    private int filled;

    Message(byte[] records) {
      this.records = records;
      this.message = new byte[Math.max(records.length, MESSAGE_HEADER)];
    }

    Reading read() throws MalformedException {
      int missing = missing(MESSAGE_HEADER);
      if (missing > 0) {
        return more(missing);
      }
      Bytes header = new Bytes(message, 0, MESSAGE_HEADER);
      MalformedException.unless(header.u8() == CLIENT_HELLO);
      int end = MESSAGE_HEADER + header.u24();
      missing = missing(end);
      return missing > 0
          ? more(missing)
          : ClientHello.read(new Bytes(message, MESSAGE_HEADER, end));
    }

    private Reading more(int missing) {
      int needed = records.length + missing;
      return needed > MOST ? Unreadable.TOO_LARGE : new Reading.More(needed);
    }

    /**
     * Fills the message up to so many bytes.
     *
     * @return how many bytes of records that takes at least, beyond those there are
     */
    private int missing(int wanted) throws MalformedException {
      while (filled < wanted) {
        if (leftOfRecord == 0) {
          if (records.length - at < RECORD_HEADER) {
            return RECORD_HEADER - (records.length - at) + wanted - filled;
          }
          leftOfRecord = nextRecord();
        }
        int step = Math.min(wanted - filled, Math.min(leftOfRecord, records.length - at));
        if (step == 0) {
          return wanted - filled + (wanted - filled > leftOfRecord ? RECORD_HEADER : 0);
        }
        System.arraycopy(records, at, message, filled, step);
        at += step;
        leftOfRecord -= step;
        filled += step;
      }
      return 0;
    }

    private int nextRecord() throws MalformedException {
      Bytes header = new Bytes(records, at, at + RECORD_HEADER);
      at += RECORD_HEADER;
      MalformedException.unless(header.u8() == HANDSHAKE && header.u8() == MAJOR_VERSION);
      header.skip(1);
      int length = header.u16();
      MalformedException.unless(length > 0 && length <= MOST_IN_RECORD);
      return length;
    }
  }
}
