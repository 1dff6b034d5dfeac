#include "src/number_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <system_error>

namespace linux_aio::detail {

std::optional<std::uint64_t> number_in_file(const char* path) noexcept {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::array<char, 32> text{};
  const ::ssize_t length = ::read(fd, text.data(), text.size());
  ::close(fd);
  if (length <= 0) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + length, number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

}  // namespace linux_aio::detail
