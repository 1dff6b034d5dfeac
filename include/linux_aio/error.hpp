// Error: which call failed, with which errno, and what to do about it.
#pragma once

#include <cstdint>
#include <expected>
#include <linux_aio/config.hpp>
#include <linux_aio/raw/abi.hpp>
#include <string>

namespace linux_aio {

/// Where an error came from. The AIO interface has two channels for a request: what io_submit()
/// refuses, and what its completion reports later.
enum class Call : std::uint8_t {
  allocate,        // AlignedBuffer::allocate, BufferPool::create, Context::create
  acquire,         // BufferPool::acquire
  open,            // open(2)
  close,           // close(2)
  statx,           // statx(2)
  eventfd,         // eventfd(2), and read(2) and write(2) of one
  io_setup,        // io_setup(2)
  io_getevents,    // io_getevents(2)
  io_pgetevents,   // io_pgetevents, with a signal mask
  io_cancel,       // io_cancel(2)
  io_destroy,      // io_destroy(2)
  submit,          // Context::submit: the request never left the program
  wait,            // Context::wait
  close_context,   // Context::close
  commit,          // Context::begin_commit: the sync was not sent
  whole_transfer,  // read_exactly, write_all: the kernel transferred no more
  io_submit,       // the kernel refused the request
  completion,      // the kernel accepted the request and reported the failure at its completion
};

/// A failed call: its errno, the call, and for a request what it asked for. Trivially copyable.
class Error {
 public:
  /// The failure of `call` with the errno `code`.
  constexpr Error(Call call, int code) noexcept : code_(code), call_(call) {}

  /// An error that carries a number for its message, such as a capacity, and what it should have
  /// been a multiple of, if that is why it failed.
  constexpr Error(Call call, int code, std::uint64_t number, std::uint64_t unit = 0) noexcept
      : offset_(unit), length_(number), code_(code), call_(call) {}

  /// The failure of `request`; keeps what message() needs of it.
  Error(Call call, int code, const raw::iocb& request) noexcept;

  /// The errno value, such as EINVAL.
  [[nodiscard]] constexpr int code() const noexcept { return code_; }

  /// The call that failed.
  [[nodiscard]] constexpr Call call() const noexcept { return call_; }

  /// One sentence: the call, the errno's name, the cause with its numbers, and the remedy.
  ///
  /// Allocates, and may read /proc/sys/fs: call it to report an error, not to decide on one.
  [[nodiscard]] std::string message() const;

  /// Two errors are equal if the same call failed with the same errno.
  friend constexpr bool operator==(const Error& left, const Error& right) noexcept {
    return left.code_ == right.code_ && left.call_ == right.call_;
  }

 private:
  std::uint64_t offset_ = 0;   // of the request in its file, or the unit
  std::uint64_t length_ = 0;   // of the request in bytes, or the number that the message mentions
  std::uint32_t address_ = 0;  // low bits of the buffer's address: all that alignment needs
  int code_;
  Call call_;
  std::uint8_t opcode_ = 0;
};

/// The result of whatever can fail: a value or an Error. Nothing in the library throws.
template <class T>
using Result = std::expected<T, Error>;

}  // namespace linux_aio
