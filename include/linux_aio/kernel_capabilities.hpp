// probe_kernel(): what the running kernel, and whatever filters its system calls, lets this process
// do.
#pragma once

#include <cstdint>
#include <linux_aio/config.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/trial.hpp>
#include <optional>
#include <string>

namespace linux_aio {

/// What a kernel can do. Each Trial was made, not derived from the kernel's version.
struct KernelCapabilities {
  std::string release;                      ///< uname(2): "6.1.0-25-amd64"
  std::optional<std::uint64_t> aio_max_nr;  ///< fs.aio-max-nr; nothing where /proc does not show it
  std::optional<std::uint64_t> aio_nr;      ///< fs.aio-nr: how many of these are in use

  Trial io_setup;       ///< making a context
  Trial io_submit;      ///< the call as such
  Trial io_getevents;   ///< the call as such
  Trial io_pgetevents;  ///< in the form that this ABI has
  Trial io_cancel;      ///< the call as such
  Trial io_destroy;     ///< destroying the context

  Trial read;            ///< a read into one buffer
  Trial write;           ///< a write from one buffer
  Trial vectored_read;   ///< a read into several
  Trial vectored_write;  ///< a write from several
  Trial fsync;           ///< an fsync
  Trial fdatasync;       ///< an fdatasync
  Trial poll;            ///< a poll
  Trial eventfd;         ///< a completion that adds 1 to an eventfd
  Trial io_priority;     ///< a request with an I/O priority of its own

  /// Whether the kernel knows a flag, which does not mean that a file supports it: see
  /// probe_file(). `undecided` on kernels before 6.9, which answer EOPNOTSUPP to both.
  FlagTrials flags;

  /// Why a Context cannot be used here; nothing if it can.
  [[nodiscard]] std::optional<Error> obstacle() const noexcept;
};

/// Tries what the kernel can do, with requests to a memfd, a pipe and an eventfd of its own. Takes
/// tens of milliseconds.
///
/// A kernel without AIO, or a seccomp filter that forbids it, is no error but the result: see
/// KernelCapabilities::obstacle(). Errors: EMFILE, ENFILE, ENOMEM, and others of memfd_create(2),
/// pipe(2), eventfd(2). Since Linux 3.17 (memfd). Source: io_submit(2), kiocb_set_rw_flags() in
/// include/linux/fs.h.
[[nodiscard]] Result<KernelCapabilities> probe_kernel() noexcept;

/// The capabilities for people to read: some lines, the last of which ends with a newline, too.
[[nodiscard]] std::string describe(const KernelCapabilities& kernel);

}  // namespace linux_aio
