// How many requests the device below a file takes.
#pragma once

#include <cstdint>
#include <optional>

namespace linux_aio::detail {

/// How many requests each queue of the device that a file lies on takes before io_submit has to
/// sleep; nothing where there is no such device, or no /sys. Of a device that hands on to others,
/// as those of a RAID or LVM do, there is no such number. Source: nr_requests in
/// Documentation/ABI/stable/sysfs-block.
[[nodiscard]] std::optional<std::uint32_t> queue_depth(int fd) noexcept;

}  // namespace linux_aio::detail
