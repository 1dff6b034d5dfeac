// What a read and a write keep: where in the file, how, and which part of a buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux_aio/buffer.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/detail/notification.hpp>
#include <linux_aio/file.hpp>
#include <linux_aio/raw/prep.hpp>
#include <span>
#include <utility>

namespace linux_aio::detail {

struct TransferOptions {
  BorrowedFd file;
  std::uint32_t flags = 0;
  std::uint64_t offset = 0;
  std::int32_t priority = -1;  // the bits of an IoPriority, if any: an optional costs a copy
  Notification notification = {};

  /// Adds to a prepared iocb what the raw prep functions do not take.
  void apply_to(raw::iocb& request) const noexcept {
    // A pipe or socket would block io_submit, and with it the program.
    const std::uint32_t all = flags | file.forced_flags();
    raw::set_rw_flags(request, static_cast<raw::kernel_rwf_t>(all));
    if (priority >= 0) raw::set_ioprio(request, static_cast<std::uint16_t>(priority));
    notification.apply_to(request);
  }

  [[nodiscard]] std::int64_t kernel_offset() const noexcept {
    return static_cast<std::int64_t>(offset);
  }
};

/// `length` bytes from `position`; where there are fewer, ends the program with `what`.
template <class Byte>
[[nodiscard]] std::span<Byte> part_of(std::span<Byte> bytes, std::size_t position,
                                      std::size_t length, const char* what) noexcept {
  if (position > bytes.size() || length > bytes.size() - position) fatal(what);
  return bytes.subspan(position, length);
}

/// All bytes of a buffer, as a span of dynamic extent whatever its traits return.
template <Buffer B>
[[nodiscard]] auto bytes_of(B& buffer) noexcept {
  if constexpr (MutableBuffer<B>) {
    return std::span<std::byte>(buffer_traits<B>::bytes(buffer));
  } else {
    return std::span<const std::byte>(buffer_traits<B>::bytes(buffer));
  }
}

/// A buffer and which part of it the kernel uses.
template <Buffer B>
class BufferPart {
 public:
  explicit BufferPart(B&& whole) noexcept
      : buffer(std::move(whole)), length_(bytes_of(buffer).size()) {}

  void narrow(std::size_t position, std::size_t length) noexcept {
    static_cast<void>(part_of(bytes_of(buffer), position, length,
                              "slice(position, length) reaches past the end of the request's "
                              "buffer"));
    position_ = position;
    length_ = length;
  }

  [[nodiscard]] auto bytes() noexcept {
    if constexpr (!buffer_traits<B>::owns) {
      return bytes_of(buffer).subspan(position_, length_);  // nobody can take a borrowed one away
    } else {
      return part_of(bytes_of(buffer), position_, length_,
                     "a request was used after its buffer was taken");
    }
  }

  [[nodiscard]] std::size_t position() const noexcept { return position_; }

  template <class Visit>
  void visit_memory(Visit&& visit) noexcept {
    visit(bytes());
  }
  template <class Visit>
  void visit_exclusive_memory(Visit&& visit) noexcept {
    if constexpr (MutableBuffer<B>) visit_memory(visit);
  }

  B buffer;

 private:
  std::size_t position_ = 0;
  std::size_t length_;
};

}  // namespace linux_aio::detail
