// DirectIo: what O_DIRECT needs of a file's requests.
#pragma once

#include <concepts>
#include <cstdint>
#include <linux_aio/config.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <type_traits>
#include <utility>

namespace linux_aio {

/// The alignment that O_DIRECT needs of a file, in bytes; powers of two. From File::direct_io().
struct DirectIo {
  std::uint32_t memory_alignment;  ///< of a buffer's address
  std::uint32_t offset_alignment;  ///< of the offset in the file and of the length
  bool reported = false;           ///< by the kernel; else it is what is always enough

  /// The smallest multiple of offset_alignment that is not less than `size`, an offset or length in
  /// bytes, as its type or the unsigned one of the same width; 0 if that has none. A negative size
  /// ends the program.
  template <std::integral Size>
  [[nodiscard]] constexpr std::make_unsigned_t<Size> round_up(Size size) const noexcept {
    using Unsigned = std::make_unsigned_t<Size>;
    if (std::cmp_less(size, 0)) detail::fatal("DirectIo::round_up() of a negative size");
    const auto mask = static_cast<Unsigned>(offset_alignment - 1);
    return static_cast<Unsigned>((static_cast<Unsigned>(size) + mask) & ~mask);
  }
};

}  // namespace linux_aio
