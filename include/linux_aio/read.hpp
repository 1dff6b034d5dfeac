// read(file).into(buffer).at(offset): one buffer is filled from a file.
#pragma once

#include <cstddef>
#include <linux_aio/buffer.hpp>
#include <linux_aio/detail/transfer.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/file.hpp>
#include <linux_aio/raw/prep.hpp>
#include <linux_aio/rw_flags.hpp>
#include <span>
#include <type_traits>
#include <utility>

namespace linux_aio {

/// What became of a read: its result, and its buffer back, read or failed.
template <MutableBuffer B>
class [[nodiscard]] ReadCompletion {
 public:
  ReadCompletion(Result<std::size_t> outcome, B&& returned, std::size_t position) noexcept
      : result(outcome), buffer(std::move(returned)), position_(position) {}

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

/// A read with its buffer: a request, ready for Context::run or Context::submit.
template <MutableBuffer B>
class [[nodiscard]] Read : public detail::BufferedTransfer<Read<B>, B, ReadFlag> {
 public:
  using Completion = ReadCompletion<B>;

  Read(const detail::TransferOptions& options, B&& buffer) noexcept
      : Read::BufferedTransfer(options, std::move(buffer)) {}

  // What a context needs of a request, besides memory().
  void lower(raw::iocb& request) noexcept {
    const std::span<std::byte> bytes = this->part();
    raw::prep_pread(request, this->options_.file.number(), bytes.data(), bytes.size(),
                    static_cast<std::int64_t>(this->options_.offset));
    detail::set_flags(request, this->options_);
  }
  [[nodiscard]] Completion complete(const Result<std::size_t>& outcome) && noexcept {
    return Completion(outcome, std::move(this->buffer_), this->position_);
  }
};

/// A read that has no buffer yet; into() makes it a request.
class [[nodiscard]] ReadWithoutBuffer
    : public detail::TransferSetters<ReadWithoutBuffer, ReadFlag> {
 public:
  explicit ReadWithoutBuffer(BorrowedFd file) noexcept : TransferSetters({.file = file}) {}

  /// Reads into `buffer`, as many bytes as it has.
  ///
  /// Ownership: an owning buffer is moved into the request, and its completion gives it back; a
  /// span is borrowed, which only Context::run accepts.
  template <class Given>
  [[nodiscard]] auto into(Given&& buffer) && noexcept {
    detail::explain_buffer<Given>();
    using B = std::remove_cvref_t<Given>;
    if constexpr (Buffer<B>) {
      static_assert(MutableBuffer<B>, "a read writes into its buffer, and this one is const");
      if constexpr (MutableBuffer<B>) return Read<B>(options_, B(std::forward<Given>(buffer)));
    }
  }
};

/// Begins a read from `file`, at offset 0 unless .at() says otherwise.
///
/// Ownership: the file is borrowed until the kernel has accepted the request. Errors, in the
/// completion: EBADF (not open for reading), EINVAL (O_DIRECT misaligned; file cannot be read so),
/// EFAULT, EAGAIN (with no_wait), EINTR (blocked on a pipe), EIO. Since Linux 2.6. Source:
/// pread(2), aio_read() in fs/aio.c.
inline ReadWithoutBuffer read(BorrowedFd file) noexcept { return ReadWithoutBuffer(file); }

}  // namespace linux_aio
