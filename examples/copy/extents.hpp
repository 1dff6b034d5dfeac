// Where a file has data and where it has holes, and how the data is cut into blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux_aio/file.hpp>
#include <span>
#include <vector>

#include "examples/copy/text.hpp"

namespace copy {

/// The bytes of a file from `begin` up to `end`, which is not part of it.
struct Extent {
  std::uint64_t begin;
  std::uint64_t end;

  friend bool operator==(const Extent&, const Extent&) = default;
};

/// `number` rounded to a multiple of `alignment`, a power of two.
[[nodiscard]] constexpr std::uint64_t align_down(std::uint64_t number, std::uint64_t alignment) {
  return number & ~(alignment - 1);
}
[[nodiscard]] constexpr std::uint64_t align_up(std::uint64_t number, std::uint64_t alignment) {
  return align_down(number + alignment - 1, alignment);
}

/// The parts of the first `size` bytes of `file` that are no holes, in order. On a file system that
/// knows no holes, that is all of it. Fails with an errno. Source: SEEK_DATA, lseek(2).
[[nodiscard]] std::expected<std::vector<Extent>, int> data_extents(linux_aio::BorrowedFd file,
                                                                   std::uint64_t size);

/// The extents with both ends moved outwards to multiples of `alignment`; what then overlaps or
/// touches becomes one.
[[nodiscard]] std::vector<Extent> align_extents(std::span<const Extent> extents,
                                                std::uint64_t alignment);

/// How many of the first `size` bytes of a file are in the extents.
[[nodiscard]] std::uint64_t bytes_in(std::span<const Extent> extents, std::uint64_t size);

/// Cuts extents into blocks of `block_size` bytes; the last block of an extent may be shorter.
class BlockCutter {
 public:
  BlockCutter(std::span<const Extent> extents, std::size_t block_size)
      : extents_(extents), block_size_(block_size) {}

  /// Whether the last block has been cut.
  [[nodiscard]] bool empty() const { return extents_.empty(); }

  /// The next block. There must be one.
  [[nodiscard]] Extent next();

 private:
  std::span<const Extent> extents_;  // begins with the one that is being cut
  std::size_t block_size_;
  std::uint64_t cut_ = 0;  // bytes of it that are already in blocks
};

}  // namespace copy
