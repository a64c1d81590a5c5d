package dev.pellucid.plugin.servername;

import java.nio.charset.StandardCharsets;

/** Reads a part of an array, and never past its end. */
final class Bytes {
  private final byte[] array;
  private int at;
  private final int end;

  /** The part from {@code at} to before {@code end}. */
  Bytes(byte[] array, int at, int end) {
    this.array = array;
    this.at = at;
    this.end = end;
  }

  boolean isEmpty() {
    return at == end;
  }

  int u8() throws MalformedException {
    return array[take(1)] & 0xff;
  }

  int u16() throws MalformedException {
    return u8() << 8 | u8();
  }

  int u24() throws MalformedException {
    return u8() << 16 | u16();
  }

  void skip(int count) throws MalformedException {
    take(count);
  }

  /** So many bytes. */
  Bytes part(int count) throws MalformedException {
    int from = take(count);
    return new Bytes(array, from, at);
  }

  /** All that is left, each byte as a character. */
  String rest() {
    String text = new String(array, at, end - at, StandardCharsets.ISO_8859_1);
    at = end;
    return text;
  }

  private int take(int count) throws MalformedException {
    MalformedException.unless(count <= end - at);
    int from = at;
    at += count;
    return from;
  }
}
