// DirectIo: what O_DIRECT needs of a file's requests.
#pragma once

#include <concepts>
#include <cstdint>
#include <linux_aio/config.hpp>

namespace linux_aio {

/// The alignment that O_DIRECT needs of a file, in bytes; powers of two. From File::direct_io().
struct DirectIo {
  std::uint32_t memory_alignment;  ///< of a buffer's address
  std::uint32_t offset_alignment;  ///< of the offset in the file and of the length
  bool reported = false;           ///< by the kernel; else it is what is always enough

  /// The smallest multiple of offset_alignment that is not less than `size`, an offset or length in
  /// bytes; 0 if its type has none.
  template <std::unsigned_integral Size>
  [[nodiscard]] constexpr Size round_up(Size size) const noexcept {
    const auto mask = static_cast<Size>(offset_alignment - 1);
    return static_cast<Size>((size + mask) & ~mask);
  }
};

}  // namespace linux_aio
