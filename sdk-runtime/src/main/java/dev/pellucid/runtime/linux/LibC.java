package dev.pellucid.runtime.linux;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the C library that Pellucid calls, under the names of their man pages. Memory is
 * passed as raw addresses. Errors are saved by jnr-ffi after each call and read by {@link #errno}.
 *
 * <p>Public only because jnr-ffi implements it; use the wrappers.
 */
public interface LibC {
  /** The one instance. */
  LibC C = LibraryLoader.create(LibC.class).load("c");

  /** jnr-ffi's runtime for {@link #C}. */
  Runtime RUNTIME = Runtime.getRuntime(C);

  /** The error number of this thread's last failed call. */
  static int errno() {
    return RUNTIME.getLastError();
  }

  int socket(int domain, int type, int protocol);

  int setsockopt(int fd, int level, int name, long value, int length);

  int getsockopt(int fd, int level, int name, long value, long length);

  int bind(int fd, long address, int length);

  int listen(int fd, int backlog);

  int accept4(int fd, long address, long length, int flags);

  int connect(int fd, long address, int length);

  int getsockname(int fd, long address, long length);

  int shutdown(int fd, int how);

  long recv(int fd, long buffer, long length, int flags);

  long send(int fd, long buffer, long length, int flags);

  int recvmmsg(int fd, long messages, int count, int flags, @Nullable Pointer timeout);

  int sendmmsg(int fd, long messages, int count, int flags);

  long write(int fd, long buffer, long length);

  int close(int fd);

  int open(String path, int flags);

  int pipe2(long descriptors, int flags);

  int fcntl(int fd, int command, int argument);

  /**
   * The offsets are pointers, always null, because jnr-ffi passes garbage as the sixth argument of
   * a function whose parameters are all integers.
   */
  long splice(
      int in,
      @Nullable Pointer inOffset,
      int out,
      @Nullable Pointer outOffset,
      long length,
      int flags);

  int epoll_create1(int flags);

  int epoll_ctl(int epoll, int operation, int fd, long event);

  int epoll_wait(int epoll, long events, int capacity, int timeoutMillis);

  int eventfd(int initial, int flags);

  int unshare(int flags);

  int setns(int fd, int type);

  long getxattr(String path, String name, long value, long size);

  String strerror(int errno);
}
