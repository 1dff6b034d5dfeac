#include "examples/copy/extents.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace copy {
namespace {

static_assert(sizeof(::off_t) == 8, "compile with -D_FILE_OFFSET_BITS=64");

}  // namespace

std::expected<std::vector<Extent>, int> data_extents(linux_aio::BorrowedFd file,
                                                     std::uint64_t size) {
  std::vector<Extent> extents;
  std::uint64_t position = 0;
  while (position < size) {
    const ::off_t data = ::lseek(file.number(), static_cast<::off_t>(position), SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;  // a hole up to the end
    const ::off_t hole = data < 0 ? -1 : ::lseek(file.number(), data, SEEK_HOLE);
    if (hole < 0) {
      if (errno == ENXIO) break;  // the file has become shorter than `data`
      if (errno != EINVAL && errno != EOPNOTSUPP) return std::unexpected(errno);
      extents.push_back({position, size});
      break;
    }
    const auto begin = static_cast<std::uint64_t>(data);
    const auto end = std::min(static_cast<std::uint64_t>(hole), size);
    if (begin >= end) break;  // the data begins where the file has grown
    extents.push_back({begin, end});
    position = end;
  }
  return extents;
}

std::vector<Extent> align_extents(std::span<const Extent> extents, std::uint64_t alignment) {
  std::vector<Extent> aligned;
  for (const Extent& extent : extents) {
    const std::uint64_t begin = align_down(extent.begin, alignment);
    const std::uint64_t end = align_up(extent.end, alignment);
    if (!aligned.empty() && begin <= aligned.back().end) {
      aligned.back().end = end;
    } else {
      aligned.push_back({begin, end});
    }
  }
  return aligned;
}

std::uint64_t bytes_in(std::span<const Extent> extents, std::uint64_t size) {
  std::uint64_t sum = 0;
  for (const Extent& extent : extents) {
    sum += std::min(extent.end, size) - std::min(extent.begin, size);
  }
  return sum;
}

Extent BlockCutter::next() {
  const Extent& extent = extents_.front();
  const std::uint64_t begin = extent.begin + cut_;
  const std::uint64_t end = begin + std::min<std::uint64_t>(block_size_, extent.end - begin);
  cut_ += block_size_;
  if (end == extent.end) {
    extents_ = extents_.subspan(1);
    cut_ = 0;
  }
  return {begin, end};
}

}  // namespace copy
