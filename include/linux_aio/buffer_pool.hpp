// BufferPool: aligned buffers of one size from one mapping, taken and given back without a malloc.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <linux_aio/buffer.hpp>
#include <linux_aio/config.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/detail/pool_memory.hpp>
#include <linux_aio/error.hpp>
#include <span>
#include <utility>

namespace linux_aio {

/// A buffer out of a pool, to which it goes back when it is destroyed or assigned to, in any
/// thread. Move-only; the bytes stay where they are when it is moved, and also when the pool is
/// moved or destroyed. A moved-from buffer has no bytes, and using it ends the program in every
/// build.
class LINUX_AIO_CONSUMABLE PooledBuffer {
 public:
  /// Takes the bytes of `other`, which has none then.
  LINUX_AIO_RETURNS_UNCONSUMED PooledBuffer(PooledBuffer&& other) noexcept
      : memory_(std::exchange(other.memory_, nullptr)), index_(other.index_) {}
  /// Gives its own bytes back to their pool and takes those of `other`, which has none then.
  LINUX_AIO_SETS_UNCONSUMED PooledBuffer& operator=(PooledBuffer&& other) noexcept {
    if (this == &other) return *this;
    if (memory_ != nullptr) memory_->give_back(index_);
    memory_ = std::exchange(other.memory_, nullptr);
    index_ = other.index_;
    return *this;
  }
  PooledBuffer(const PooledBuffer&) = delete;
  PooledBuffer& operator=(const PooledBuffer&) = delete;
  ~PooledBuffer() {
    if (memory_ != nullptr) memory_->give_back(index_);
  }

  /// The bytes, valid until the buffer is destroyed or assigned to.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::span<std::byte> bytes() & noexcept
      LINUX_AIO_LIFETIMEBOUND {
    return checked().bytes_of(index_);
  }
  /// The same, of a const buffer.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::span<const std::byte> bytes()
      const& noexcept LINUX_AIO_LIFETIMEBOUND {
    return checked().bytes_of(index_);
  }
  void bytes() const&& = delete;

  /// The number of bytes: the pool's buffer_size().
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::size_t size() const noexcept {
    return checked().layout().size;
  }

  /// The pool's alignment, in bytes.
  LINUX_AIO_CALLABLE_WHEN_UNCONSUMED [[nodiscard]] std::size_t alignment() const noexcept {
    return checked().layout().alignment;
  }

 private:
  friend class BufferPool;

  LINUX_AIO_RETURNS_UNCONSUMED PooledBuffer(detail::PoolMemory& memory,
                                            std::uint32_t index) noexcept
      : memory_(&memory), index_(index) {}

  [[nodiscard]] detail::PoolMemory& checked() const noexcept {
    if (memory_ == nullptr) detail::fatal("a PooledBuffer was used after it was moved from");
    return *memory_;
  }

  detail::PoolMemory* memory_;
  std::uint32_t index_;
};

template <>
struct buffer_traits<PooledBuffer> {
  static constexpr bool owns = true;
  static std::span<std::byte> bytes(PooledBuffer& buffer) noexcept { return buffer.bytes(); }
};

/// How a pool is made.
struct BufferPoolOptions {
  std::size_t count;             ///< of buffers
  std::size_t size;              ///< of each, in bytes
  std::size_t alignment = 4096;  ///< of each, a power of two; by default that of AlignedBuffer
  bool huge_pages = false;       ///< in pages of 2 MiB if there are any: see BufferPool::pages()
};

/// Buffers of one size and alignment in one mapping. acquire() and the destruction of a buffer do
/// not allocate and take some nanoseconds. Under AddressSanitizer the bytes of free buffers are
/// poisoned, so that a span that was kept is caught.
///
/// The pool belongs to one thread at a time, as a context does: one pool per context is how to
/// scale. Its buffers may go to other threads and be destroyed there, at any time.
class BufferPool {
 public:
  /// usual: what the system has. advised: the kernel was asked for huge pages by madvise(2) and
  /// uses them as it finds them. reserved: huge pages that were set aside for this
  /// (vm.nr_hugepages).
  using Pages = detail::PoolMemory::Pages;

  /// Maps memory for `options.count` buffers, all free, all zero at first. It is not touched: the
  /// first use of each page makes it.
  ///
  /// Ownership: the memory lives until the pool and all its buffers are gone; on failure there is
  /// none. Errors: EINVAL (count or size 0, count over 2147483648, alignment no power of two),
  /// ENOMEM. Source: mmap(2), MAP_HUGETLB; madvise(2), MADV_HUGEPAGE.
  [[nodiscard]] static Result<BufferPool> create(const BufferPoolOptions& options) noexcept;

  /// Takes a free buffer out of the pool; its bytes are what its last user left. Never waits.
  ///
  /// Ownership: the caller owns the buffer; on failure there is none. Errors: ENOBUFS (all are
  /// out). Since Linux 2.6.
  [[nodiscard]] Result<PooledBuffer> acquire() noexcept {
    detail::PoolMemory& memory = checked();
    const std::uint32_t index = memory.take();
    if (index == detail::PoolMemory::none) {
      return std::unexpected(Error(Call::acquire, ENOBUFS, memory.layout().count));
    }
    return PooledBuffer(memory, index);
  }

  /// How many buffers are free now; others may come back meanwhile.
  [[nodiscard]] std::size_t available() noexcept { return checked().available(); }

  /// How many buffers there are, free or out.
  [[nodiscard]] std::size_t count() const noexcept { return checked().layout().count; }

  /// The bytes of each buffer.
  [[nodiscard]] std::size_t buffer_size() const noexcept { return checked().layout().size; }

  /// The alignment that was asked for, in bytes.
  [[nodiscard]] std::size_t alignment() const noexcept { return checked().layout().alignment; }

  /// Which pages the pool got.
  [[nodiscard]] Pages pages() const noexcept { return checked().pages(); }

 private:
  explicit BufferPool(detail::PoolMemory::Owner memory) noexcept : memory_(std::move(memory)) {}

  [[nodiscard]] detail::PoolMemory& checked() const noexcept {
    if (memory_ == nullptr) detail::fatal("a BufferPool was used after it was moved from");
    return *memory_;
  }

  detail::PoolMemory::Owner memory_;
};

}  // namespace linux_aio
