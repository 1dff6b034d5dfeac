#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <linux_aio/aligned_buffer.hpp>

namespace linux_aio {

Result<AlignedBuffer> AlignedBuffer::allocate(std::size_t size, std::size_t alignment) noexcept {
  if (size == 0 || !std::has_single_bit(alignment)) {
    return std::unexpected(Error(Call::allocate, EINVAL, size));
  }
  // aligned_alloc wants a size that is a multiple of the alignment.
  if (size > std::numeric_limits<std::size_t>::max() - (alignment - 1)) {
    return std::unexpected(Error(Call::allocate, ENOMEM, size));
  }
  const std::size_t rounded = (size + alignment - 1) & ~(alignment - 1);
  void* const memory = std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) return std::unexpected(Error(Call::allocate, ENOMEM, size));
  std::memset(memory, 0, rounded);
  return AlignedBuffer(static_cast<std::byte*>(memory), size, alignment);
}

Result<AlignedBuffer> AlignedBuffer::allocate(std::size_t size, const DirectIo& direct) noexcept {
  if (direct.round_up(size) != size) {
    return std::unexpected(Error(Call::allocate, EINVAL, size, direct.offset_alignment));
  }
  return allocate(size, std::max(direct.memory_alignment, direct.offset_alignment));
}

}  // namespace linux_aio
