// Numbers that the kernel shows as files.
#pragma once

#include <cstdint>
#include <optional>

namespace linux_aio::detail {

/// The number that a file of /proc or /sys begins with; nothing if there is none. Allocates
/// nothing.
[[nodiscard]] std::optional<std::uint64_t> number_in_file(const char* path) noexcept;

}  // namespace linux_aio::detail
