#include "src/aio_limits.hpp"

#include "src/number_file.hpp"

namespace linux_aio::detail {

std::optional<std::uint64_t> aio_max_nr() noexcept {
  return number_in_file("/proc/sys/fs/aio-max-nr");
}

std::optional<std::uint64_t> aio_nr() noexcept { return number_in_file("/proc/sys/fs/aio-nr"); }

}  // namespace linux_aio::detail
