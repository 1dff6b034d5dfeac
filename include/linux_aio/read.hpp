// read(file).into(buffer).at(offset): a buffer, or a range of them, is filled from a file.
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

/// What became of a read: its result, and its buffer back, read or failed.
template <MutableBuffer B>
class [[nodiscard]] ReadCompletion {
 public:
  /// @cond
  ReadCompletion(Result<std::size_t> outcome, B&& returned, std::size_t position) noexcept
      : result(outcome), buffer(std::move(returned)), position_(position) {}
  /// @endcond

  /// The number of bytes read: fewer than asked for at the end of the file, 0 beyond it.
  Result<std::size_t> result;

  /// The buffer that the request took.
  B buffer;

  /// The part of `buffer` that was really read; empty if the read failed. Ends the program if
  /// `buffer` was moved away or made smaller.
  [[nodiscard]] std::span<std::byte> bytes() & noexcept LINUX_AIO_LIFETIMEBOUND {
    if (!result) return {};
    return detail::part_of(std::span<std::byte>(buffer_traits<B>::bytes(buffer)), position_,
                           *result,
                           "bytes() of a completion whose buffer was taken or made smaller");
  }
  void bytes() && = delete;

 private:
  std::size_t position_;
};

namespace detail {

template <MutableBuffer B>
class ReadInFlight : public BufferPart<B> {
 public:
  using BufferPart<B>::BufferPart;

  [[nodiscard]] ReadCompletion<B> complete(const Result<std::size_t>& outcome) && noexcept {
    return {outcome, std::move(this->buffer), this->position()};
  }
};

}  // namespace detail

/// A read with its buffer: a request, ready for Context::run, submit or async.
template <MutableBuffer B>
class [[nodiscard]] Read : public BufferedTransfer<Read<B>, B, ReadFlag, detail::ReadInFlight<B>> {
 public:
  /// What the request becomes.
  using Completion = ReadCompletion<B>;

  /// @cond
  Read(const detail::TransferOptions& options, B&& buffer) noexcept
      : Read::BufferedTransfer(options, std::move(buffer)) {}

  // What a context needs of a request.
  void lower(raw::iocb& request) noexcept {
    const std::span<std::byte> bytes = this->in_flight().bytes();
    raw::prep_pread(request, this->options_.file.number(), bytes.data(), bytes.size(),
                    this->options_.kernel_offset());
    this->options_.apply_to(request);
  }
  /// @endcond
};

/// A read that has no buffer yet; into() makes it a request.
class [[nodiscard]] ReadWithoutBuffer : public TransferSetters<ReadWithoutBuffer, ReadFlag> {
 public:
  /// @cond
  explicit ReadWithoutBuffer(BorrowedFd file) noexcept : TransferSetters({.file = file}) {}
  explicit ReadWithoutBuffer(const detail::TransferOptions& options) noexcept
      : TransferSetters(options) {}

  // What a whole transfer needs, which makes several requests of it.
  [[nodiscard]] const detail::TransferOptions& options() const noexcept { return options_; }
  /// @endcond

  /// Reads into `buffer`, as many bytes as it has; or into each buffer of a range in turn, see
  /// vectored.hpp.
  ///
  /// Ownership: an owning buffer is moved into the request, and its completion gives it back; a
  /// span is borrowed, which only Context::run accepts.
  template <class Given>
  [[nodiscard]] auto into(Given&& buffer) && noexcept {
    using B = std::remove_cvref_t<Given>;
    if constexpr (BufferRange<B>) {
      detail::explain_buffer_range<Given>();
      static_assert(MutableBufferRange<B>, "a read writes into its buffers, and these are const");
      if constexpr (MutableBufferRange<B>) {
        return VectoredRead<B>(options_, B(std::forward<Given>(buffer)));
      }
    } else {
      detail::explain_buffer<Given>();
      if constexpr (Buffer<B>) {
        static_assert(MutableBuffer<B>, "a read writes into its buffer, and this one is const");
        if constexpr (MutableBuffer<B>) return Read<B>(options_, B(std::forward<Given>(buffer)));
      }
    }
  }
};

/// Begins a read from `file`, at offset 0 unless .at() says otherwise.
///
/// Without O_DIRECT the kernel does the work, and waits for the disk, where the request is
/// submitted.
///
/// Ownership: the file is borrowed until the kernel has accepted the request. Errors, in the
/// completion: EBADF (not open for reading), EINVAL (O_DIRECT misaligned; file cannot be read so),
/// EFAULT, EAGAIN (with no_wait, or nothing in a pipe or socket: poll() it first), EIO. Since Linux
/// 2.6. Source: pread(2), aio_read() in fs/aio.c.
inline ReadWithoutBuffer read(BorrowedFd file) noexcept { return ReadWithoutBuffer(file); }

}  // namespace linux_aio
