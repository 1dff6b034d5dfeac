// What a read and a write have in common: where in the file, with which flags, which part of a
// buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux_aio/buffer.hpp>
#include <linux_aio/config.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/file.hpp>
#include <linux_aio/raw/prep.hpp>
#include <linux_aio/rw_flags.hpp>
#include <span>
#include <utility>

namespace linux_aio::detail {

struct TransferOptions {
  BorrowedFd file;
  std::uint32_t flags = 0;
  std::uint64_t offset = 0;
};

/// `length` bytes from `position`; where there are fewer, ends the program with `what`.
template <class Byte>
[[nodiscard]] std::span<Byte> part_of(std::span<Byte> bytes, std::size_t position,
                                      std::size_t length, const char* what) noexcept {
  if (position > bytes.size() || length > bytes.size() - position) fatal(what);
  return bytes.subspan(position, length);
}

/// The setters of `Derived`, a read or write with or without its buffer. Setters take the request
/// from an rvalue and return it, so a request is built in one expression and never half-changed.
template <class Derived, class Flag>
class TransferSetters {
 public:
  /// Where in the file the transfer begins, in bytes; 0 if never called. For a pipe or socket: 0.
  [[nodiscard]] Derived at(std::uint64_t offset) && noexcept {
    options_.offset = offset;
    return std::move(static_cast<Derived&>(*this));
  }

  /// The flags of the transfer; replaces those given before.
  [[nodiscard]] Derived flags(FlagSet<Flag> flags) && noexcept {
    options_.flags = flags.bits();
    return std::move(static_cast<Derived&>(*this));
  }

 protected:
  explicit TransferSetters(const TransferOptions& options) noexcept : options_(options) {}

  TransferOptions options_;
};

/// A transfer with its buffer, of which it uses a part.
template <class Derived, Buffer B, class Flag>
class BufferedTransfer : public TransferSetters<Derived, Flag> {
 public:
  static constexpr bool owns_memory = buffer_traits<B>::owns;
  static constexpr bool memory_is_exclusive = MutableBuffer<B>;

  /// Uses only `length` bytes from `position` of the buffer; reaching past its end ends the
  /// program.
  [[nodiscard]] Derived slice(std::size_t position, std::size_t length) && noexcept {
    static_cast<void>(part_of(whole(), position, length,
                              "slice(position, length) reaches past the end of the request's "
                              "buffer"));
    position_ = position;
    length_ = length;
    return std::move(static_cast<Derived&>(*this));
  }

  /// Takes the buffer back out of a request that was not accepted.
  [[nodiscard]] B release() && noexcept { return std::move(buffer_); }

  /// The memory that the kernel will use.
  [[nodiscard]] std::span<const std::byte> memory() noexcept { return part(); }

 protected:
  BufferedTransfer(const TransferOptions& options, B&& buffer) noexcept
      : TransferSetters<Derived, Flag>(options),
        buffer_(std::move(buffer)),
        length_(whole().size()) {}

  [[nodiscard]] auto part() noexcept {
    return part_of(whole(), position_, length_, "a request was used after its buffer was taken");
  }

  B buffer_;
  std::size_t position_ = 0;
  std::size_t length_;

 private:
  // A span of dynamic extent, whatever the buffer's traits return.
  [[nodiscard]] auto whole() noexcept {
    if constexpr (MutableBuffer<B>) {
      return std::span<std::byte>(buffer_traits<B>::bytes(buffer_));
    } else {
      return std::span<const std::byte>(buffer_traits<B>::bytes(buffer_));
    }
  }
};

/// Adds to a prepared iocb what the raw prep functions do not take.
inline void set_flags(raw::iocb& request, const TransferOptions& options) noexcept {
  raw::set_rw_flags(request, static_cast<raw::kernel_rwf_t>(options.flags));
}

}  // namespace linux_aio::detail
