// AlignedBuffer: memory that O_DIRECT accepts.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <linux_aio/buffer.hpp>
#include <linux_aio/config.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/direct_io.hpp>
#include <linux_aio/error.hpp>
#include <span>
#include <utility>

namespace linux_aio {

/// Owns zero-initialised bytes at an aligned address. Move-only; the bytes stay where they are when
/// it is moved. A moved-from buffer has no bytes, and using it ends the program in every build.
class LINUX_AIO_CONSUMABLE AlignedBuffer {
 public:
  /// The alignment that O_DIRECT needs on most files at most, in bytes: a page, and the largest
  /// logical block of common devices. File::direct_io() tells what a file needs.
  static constexpr std::size_t default_alignment = 4096;

  /// Allocates `size` bytes at a multiple of `alignment` (a power of two), all zero.
  ///
  /// Ownership: the buffer owns its bytes; on failure there are none.
  /// Errors: EINVAL (size 0, alignment no power of two), ENOMEM. Source: aligned_alloc(3).
  [[nodiscard]] static Result<AlignedBuffer> allocate(
      std::size_t size, std::size_t alignment = default_alignment) noexcept;

  /// Allocates `size` bytes for O_DIRECT on a file that needs `direct`, all zero: aligned for
  /// memory, and for offsets too, so that no block of the device lies across two pages. A size that
  /// O_DIRECT refuses is refused here: direct.round_up(size) is one that it takes.
  ///
  /// Errors: EINVAL (size 0, or no multiple of direct.offset_alignment), ENOMEM.
  /// Source: aligned_alloc(3), O_DIRECT in open(2).
  [[nodiscard]] static Result<AlignedBuffer> allocate(std::size_t size,
                                                      const DirectIo& direct) noexcept;

  /// Takes the bytes of `other`, which has none then.
  LINUX_AIO_RETURNS_UNCONSUMED AlignedBuffer(AlignedBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(other.size_),
        alignment_(other.alignment_) {}
  /// Frees its own bytes and takes those of `other`, which has none then.
  LINUX_AIO_SETS_UNCONSUMED AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    if (this == &other) return *this;
    std::byte* const own = std::exchange(data_, std::exchange(other.data_, nullptr));
    size_ = other.size_;
    alignment_ = other.alignment_;
    if (own != nullptr) std::free(own);
    return *this;
  }
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;
  // A request moves its buffer several times: the moved-from ones must cost nothing.
  ~AlignedBuffer() {
    // The analyzer loses the null of a moved-from buffer inside std::optional.
    if (data_ != nullptr) std::free(data_);  // NOLINT(clang-analyzer-unix.Malloc)
  }

  /// The bytes, valid until the buffer is destroyed or assigned to.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::span<std::byte> bytes() & noexcept
      LINUX_AIO_LIFETIMEBOUND {
    return {checked(), size_};
  }
  /// The same, of a const buffer.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::span<const std::byte> bytes()
      const& noexcept LINUX_AIO_LIFETIMEBOUND {
    return {checked(), size_};
  }
  void bytes() const&& = delete;

  /// The number of bytes.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::size_t size() const noexcept {
    return static_cast<void>(checked()), size_;
  }

  /// The alignment that was asked for, in bytes.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::size_t alignment() const noexcept {
    return static_cast<void>(checked()), alignment_;
  }

 private:
  LINUX_AIO_RETURNS_UNCONSUMED AlignedBuffer(std::byte* data, std::size_t size,
                                             std::size_t alignment) noexcept
      : data_(data), size_(size), alignment_(alignment) {}

  [[nodiscard]] std::byte* checked() const noexcept {
    if (data_ == nullptr) detail::fatal("an AlignedBuffer was used after it was moved from");
    return data_;
  }

  std::byte* data_;
  std::size_t size_;
  std::size_t alignment_;
};

template <>
struct buffer_traits<AlignedBuffer> {
  static constexpr bool owns = true;
  static std::span<std::byte> bytes(AlignedBuffer& buffer) noexcept { return buffer.bytes(); }
  static std::span<const std::byte> bytes(const AlignedBuffer& buffer) noexcept {
    return buffer.bytes();
  }
};

}  // namespace linux_aio
