#include "src/aio_limits.hpp"

#include <cstdio>

namespace linux_aio::detail {
namespace {

std::optional<std::uint64_t> read_number(const char* path) noexcept {
  std::FILE* const file = std::fopen(path, "re");
  if (file == nullptr) return std::nullopt;
  unsigned long long number = 0;
  const int fields = std::fscanf(file, "%llu", &number);
  std::fclose(file);
  if (fields != 1) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint64_t> aio_max_nr() noexcept {
  return read_number("/proc/sys/fs/aio-max-nr");
}

std::optional<std::uint64_t> aio_nr() noexcept { return read_number("/proc/sys/fs/aio-nr"); }

}  // namespace linux_aio::detail
