// The memory of a BufferPool, which outlives the pool while a buffer is out.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <linux_aio/error.hpp>
#include <memory>
#include <span>

namespace linux_aio::detail {

/// One mapping, and in it buffers of one size. The free ones are in two lists of indices: that of
/// the owner, who alone takes, and one to which any thread gives back. Of the latter the owner
/// takes all at once, so that its head may be what it was before without harm (ABA).
class PoolMemory {
 public:
  struct Layout {
    std::uint32_t count;
    std::size_t size;
    std::size_t alignment;
    std::size_t stride;  // from buffer to buffer
  };

  enum class Pages : std::uint8_t { usual, advised, reserved };

  // Gives up the owner's share: the memory goes when the last buffer is back.
  struct Close {
    void operator()(PoolMemory* memory) const noexcept { memory->close(); }
  };
  using Owner = std::unique_ptr<PoolMemory, Close>;

  [[nodiscard]] static Result<Owner> create(const Layout& layout, bool huge_pages) noexcept;

  PoolMemory(const PoolMemory&) = delete;
  PoolMemory& operator=(const PoolMemory&) = delete;

  /// The index of a buffer that was free, or `none`. Only by the owner.
  [[nodiscard]] std::uint32_t take() noexcept;

  /// Gives a buffer back. By any thread, also after the owner is gone.
  void give_back(std::uint32_t index) noexcept;

  /// How many buffers are free. Only by the owner.
  [[nodiscard]] std::size_t available() noexcept;

  [[nodiscard]] std::span<std::byte> bytes_of(std::uint32_t index) const noexcept {
    return {first_ + index * layout_.stride, layout_.size};
  }
  [[nodiscard]] const Layout& layout() const noexcept { return layout_; }
  [[nodiscard]] Pages pages() const noexcept { return pages_; }

  static constexpr std::uint32_t none = 0xffff'ffff;
  static constexpr std::uint32_t most_buffers = 0x8000'0000;

 private:
  static constexpr std::uint32_t closed = 0xffff'fffe;  // in place of a head of returned_

  PoolMemory(const Layout& layout, std::unique_ptr<std::uint32_t[]> next) noexcept;
  ~PoolMemory();

  [[nodiscard]] bool map(bool huge_pages) noexcept;
  [[nodiscard]] bool map_reserved(std::size_t size) noexcept;
  [[nodiscard]] bool map_aligned(std::size_t size, std::size_t alignment) noexcept;
  void collect() noexcept;
  void close() noexcept;
  void drop(std::uint32_t shares) noexcept;

  Layout layout_;
  std::byte* first_ = nullptr;
  void* mapping_ = nullptr;
  std::size_t mapping_size_ = 0;
  Pages pages_ = Pages::usual;
  std::uint32_t free_ = 0;  // the head of the owner's list
  std::uint32_t free_count_;
  std::unique_ptr<std::uint32_t[]> next_;  // after each buffer in its list

  std::atomic<std::uint32_t> returned_{none};  // the head of the list of those given back
  std::atomic<std::uint32_t> shares_;          // one for each buffer and one for the owner
};

}  // namespace linux_aio::detail
