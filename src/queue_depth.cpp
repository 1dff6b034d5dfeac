#include "src/queue_depth.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

#include "src/number_file.hpp"

namespace linux_aio::detail {
namespace {

// A file of the device in /sys.
class DeviceFile {
 public:
  DeviceFile(::dev_t device, const char* name) noexcept {
    std::snprintf(path_.data(), path_.size(), "/sys/dev/block/%u:%u/%s", ::major(device),
                  ::minor(device), name);
  }

  [[nodiscard]] const char* path() const noexcept { return path_.data(); }
  [[nodiscard]] bool exists() const noexcept { return ::access(path(), F_OK) == 0; }

 private:
  std::array<char, 96> path_{};
};

}  // namespace

std::optional<std::uint32_t> queue_depth(int fd) noexcept {
  struct ::stat status{};
  if (::fstat(fd, &status) != 0) return std::nullopt;
  const bool is_device = S_ISBLK(status.st_mode);
  if (!is_device && !S_ISREG(status.st_mode)) return std::nullopt;
  const ::dev_t device = is_device ? status.st_rdev : status.st_dev;
  const bool is_partition = DeviceFile(device, "partition").exists();
  // Only what has queues of its own makes a submitter sleep for them.
  if (!DeviceFile(device, is_partition ? "../mq" : "mq").exists()) return std::nullopt;
  const char* const name = is_partition ? "../queue/nr_requests" : "queue/nr_requests";
  const auto depth = number_in_file(DeviceFile(device, name).path());
  if (!depth || *depth == 0) return std::nullopt;
  constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(*depth, most));
}

}  // namespace linux_aio::detail
