package dev.pellucid.runtime.linux;

import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** A block of memory outside the heap, freed when this object is collected. Not thread-safe. */
public final class NativeMemory {
  private final Pointer pointer;
  private final long address;
  private final int size;

  private NativeMemory(int size) {
    this.pointer = Memory.allocateDirect(LibC.RUNTIME, size, true);
    this.address = pointer.address();
    this.size = size;
  }

  /** A zeroed block of {@code size} bytes. */
  public static NativeMemory allocate(int size) {
    return new NativeMemory(size);
  }

  /** Its address, for system calls. Valid while this object is reachable. */
  public long address() {
    return address;
  }

  /** Its size in bytes. */
  public int size() {
    return size;
  }

  /** The int in the machine's byte order at an offset in bytes. */
  public int getInt(long offset) {
    return pointer.getInt(offset);
  }

  /** Sets the int in the machine's byte order at an offset in bytes. */
  public void putInt(long offset, int value) {
    pointer.putInt(offset, value);
  }

  short getShort(long offset) {
    return pointer.getShort(offset);
  }

  void putShort(long offset, short value) {
    pointer.putShort(offset, value);
  }

  byte getByte(long offset) {
    return pointer.getByte(offset);
  }

  void putByte(long offset, byte value) {
    pointer.putByte(offset, value);
  }

  long getLong(long offset) {
    return pointer.getLong(offset);
  }

  void putLong(long offset, long value) {
    pointer.putLong(offset, value);
  }

  /** Copies from this block, starting at {@code offset}, into a part of an array. */
  public void get(long offset, byte[] target, int start, int length) {
    pointer.get(offset, target, start, length);
  }

  /** Copies a part of an array into this block, starting at {@code offset}. */
  public void put(long offset, byte[] source, int start, int length) {
    pointer.put(offset, source, start, length);
  }
}
