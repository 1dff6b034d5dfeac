// The system-wide limits of AIO, as /proc shows them.
#pragma once

#include <cstdint>
#include <optional>

namespace linux_aio::detail {

/// fs.aio-max-nr: how many requests all contexts of the machine may be made for; nothing without
/// /proc.
[[nodiscard]] std::optional<std::uint64_t> aio_max_nr() noexcept;

/// fs.aio-nr: how many they have been made for.
[[nodiscard]] std::optional<std::uint64_t> aio_nr() noexcept;

}  // namespace linux_aio::detail
