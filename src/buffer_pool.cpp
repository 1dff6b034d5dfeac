#include <bit>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <linux_aio/buffer_pool.hpp>
#include <utility>

namespace linux_aio {

Result<BufferPool> BufferPool::create(const BufferPoolOptions& options) noexcept {
  const auto& [count, size, alignment, huge_pages] = options;
  if (count == 0 || count > detail::PoolMemory::most_buffers || size == 0 ||
      !std::has_single_bit(alignment)) {
    return std::unexpected(Error(Call::allocate, EINVAL, size));
  }
  if (size > std::numeric_limits<std::size_t>::max() - (alignment - 1)) {
    return std::unexpected(Error(Call::allocate, ENOMEM, size));
  }
  auto memory = detail::PoolMemory::create({.count = static_cast<std::uint32_t>(count),
                                            .size = size,
                                            .alignment = alignment,
                                            .stride = (size + alignment - 1) & ~(alignment - 1)},
                                           huge_pages);
  if (!memory) return std::unexpected(memory.error());
  return BufferPool(std::move(*memory));
}

}  // namespace linux_aio
