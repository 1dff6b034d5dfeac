// write(file).from(buffer).at(offset): a buffer, or a range of them, is written to a file.
#pragma once

#include <cstddef>
#include <linux_aio/buffer.hpp>
#include <linux_aio/detail/transfer.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/file.hpp>
#include <linux_aio/raw/prep.hpp>
#include <linux_aio/rw_flags.hpp>
#include <linux_aio/transfer.hpp>
#include <linux_aio/vectored.hpp>
#include <span>
#include <type_traits>
#include <utility>

namespace linux_aio {

/// What became of a write: its result, and its buffer back, written or failed.
template <Buffer B>
struct [[nodiscard]] WriteCompletion {
  /// The number of bytes written, which may be fewer than asked for.
  Result<std::size_t> result;

  /// The buffer that the request took.
  B buffer;
};

namespace detail {

template <Buffer B>
class WriteInFlight : public BufferPart<B> {
 public:
  using BufferPart<B>::BufferPart;

  [[nodiscard]] WriteCompletion<B> complete(const Result<std::size_t>& outcome) && noexcept {
    return {.result = outcome, .buffer = std::move(this->buffer)};
  }
};

}  // namespace detail

/// A write with its buffer: a request, ready for Context::run, submit or async.
template <Buffer B>
class [[nodiscard]] Write
    : public BufferedTransfer<Write<B>, B, WriteFlag, detail::WriteInFlight<B>> {
 public:
  /// What the request becomes.
  using Completion = WriteCompletion<B>;

  /// @cond
  Write(const detail::TransferOptions& options, B&& buffer) noexcept
      : Write::BufferedTransfer(options, std::move(buffer)) {}
  /// @endcond

  /// The bytes that are to be written.
  [[nodiscard]] std::size_t length() noexcept { return this->in_flight().bytes().size(); }

  /// @cond
  // What a context needs of a request.
  void lower(raw::iocb& request) noexcept {
    const std::span<const std::byte> bytes = this->in_flight().bytes();
    raw::prep_pwrite(request, this->options_.file.number(), bytes.data(), bytes.size(),
                     this->options_.kernel_offset());
    this->options_.apply_to(request);
  }
  /// @endcond
};

/// A write that has no buffer yet; from() makes it a request.
class [[nodiscard]] WriteWithoutBuffer : public TransferSetters<WriteWithoutBuffer, WriteFlag> {
 public:
  /// @cond
  explicit WriteWithoutBuffer(BorrowedFd file) noexcept : TransferSetters({.file = file}) {}

  // What a whole transfer needs, which makes several requests of it.
  [[nodiscard]] const detail::TransferOptions& options() const noexcept { return options_; }
  /// @endcond

  /// Writes the bytes of `buffer`, all of them; or those of each buffer of a range in turn, see
  /// vectored.hpp.
  ///
  /// Ownership: an owning buffer is moved into the request, and its completion gives it back; a
  /// span is borrowed, which only Context::run accepts.
  template <class Given>
  [[nodiscard]] auto from(Given&& buffer) && noexcept {
    using B = std::remove_cvref_t<Given>;
    if constexpr (BufferRange<B>) {
      detail::explain_buffer_range<Given>();
      return VectoredWrite<B>(options_, B(std::forward<Given>(buffer)));
    } else {
      detail::explain_buffer<Given>();
      if constexpr (Buffer<B>) return Write<B>(options_, B(std::forward<Given>(buffer)));
    }
  }
};

/// Begins a write to `file`, at offset 0 unless .at() says otherwise.
///
/// Without O_DIRECT the kernel does the work where the request is submitted.
///
/// Ownership: the file is borrowed until the kernel has accepted the request. Errors, in the
/// completion: EBADF (not open for writing), EINVAL (O_DIRECT misaligned; file cannot be written
/// so), EFAULT, EAGAIN (with no_wait, or no room in a pipe or socket: poll() it first), ENOSPC,
/// EDQUOT, EFBIG, EIO, EPIPE (with SIGPIPE, unless no_signal is set). Since Linux 2.6.
/// Source: pwrite(2), aio_write() in fs/aio.c.
inline WriteWithoutBuffer write(BorrowedFd file) noexcept { return WriteWithoutBuffer(file); }

}  // namespace linux_aio
