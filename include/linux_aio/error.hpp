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
  allocate,        ///< AlignedBuffer::allocate, BufferPool::create, Context::create
  acquire,         ///< BufferPool::acquire
  open,            ///< open(2)
  close,           ///< close(2)
  statx,           ///< statx(2)
  eventfd,         ///< eventfd(2), and read(2) and write(2) of one
  io_setup,        ///< io_setup(2)
  io_getevents,    ///< io_getevents(2)
  io_pgetevents,   ///< io_pgetevents, with a signal mask
  io_cancel,       ///< io_cancel(2)
  io_destroy,      ///< io_destroy(2)
  submit,          ///< Context::submit: the request never left the program
  wait,            ///< Context::wait
  close_context,   ///< Context::close
  commit,          ///< Context::begin_commit: the sync was not sent
  whole_transfer,  ///< read_exactly, write_all: the kernel transferred no more
  io_submit,       ///< the kernel refused the request
  completion,      ///< the kernel accepted the request and reported the failure at its completion
};

namespace detail {

/// What an Error keeps: as much of a request as its message needs, and no more than 32 bytes.
struct Failure {
  /// Bits of `marks`: what a request had besides.
  enum Mark : std::uint8_t {
    with_eventfd = 1,        // a descriptor to notify
    with_unknown_flags = 2,  // RWF_ bits that the headers' kernel does not know
    with_reserved = 4,       // aio_reserved2, which must be 0
    with_buffer = 8,         // an address, or a poll's mask, in aio_buf
    with_wide_mask = 16,     // of a poll: more than 16 bits
  };

  static constexpr std::uint8_t no_request = 0xff;

  std::int64_t offset = 0;   // in the file, as the kernel takes it, or the unit
  std::uint64_t number = 0;  // bytes, segments (preadv, pwritev), or what a call was asked for
  int code;                  // errno
  int file = -1;             // descriptor
  std::uint16_t flags = 0;   // RWF_ bits
  std::uint16_t io_priority = 0;
  Call call;
  std::uint8_t opcode = no_request;
  std::uint8_t zero_bits = 0;  // at the end of the buffer's address
  std::uint8_t marks = 0;

  [[nodiscard]] constexpr bool has(Mark mark) const noexcept { return (marks & mark) != 0; }
};

}  // namespace detail

/// A failed call: its errno, the call, and for a request what it asked for. Trivially copyable.
class Error {
 public:
  /// The failure of `call` with the errno `code`.
  constexpr Error(Call call, int code) noexcept : Error(call, code, 0) {}

  /// An error that carries a number for its message, such as a capacity, and what it should have
  /// been a multiple of, if that is why it failed.
  constexpr Error(Call call, int code, std::uint64_t number, std::uint64_t unit = 0) noexcept
      : failure_{.offset = static_cast<std::int64_t>(unit),
                 .number = number,
                 .code = code,
                 .call = call} {}

  /// The failure of `request`; keeps what message() needs of it.
  Error(Call call, int code, const raw::iocb& request) noexcept;

  /// The errno value, such as EINVAL.
  [[nodiscard]] constexpr int code() const noexcept { return failure_.code; }

  /// The call that failed.
  [[nodiscard]] constexpr Call call() const noexcept { return failure_.call; }

  /// One sentence: the call, the errno's name, the cause with its numbers, and the remedy. Where
  /// the request's own numbers do not tell the cause, it names those that are possible.
  ///
  /// Allocates, reads /proc/sys/fs, and looks at the request's descriptor as it is now: call it to
  /// report an error, while the file is open, not to decide on one.
  [[nodiscard]] std::string message() const;

  /// Two errors are equal if the same call failed with the same errno.
  friend constexpr bool operator==(const Error& left, const Error& right) noexcept {
    return left.code() == right.code() && left.call() == right.call();
  }

 private:
  detail::Failure failure_;
};

static_assert(sizeof(Error) == 32, "Result<std::size_t> is on the path of every request");

/// The result of whatever can fail: a value or an Error. Nothing in the library throws.
template <class T>
using Result = std::expected<T, Error>;

}  // namespace linux_aio
