#include "examples/copy/text.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace copy {

std::string format(const char* pattern, ...) {
  std::va_list arguments;
  va_start(arguments, pattern);
  std::va_list again;
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, pattern, arguments);
  va_end(arguments);
  std::string text(length > 0 ? static_cast<std::size_t>(length) : 0, '\0');
  // The terminating zero goes where std::string keeps its own.
  std::vsnprintf(text.data(), text.size() + 1, pattern, again);
  va_end(again);
  return text;
}

std::unexpected<std::string> cannot(const char* verb, const std::string& path, int code) {
  return std::unexpected(format("cannot %s '%s': %s", verb, path.c_str(), std::strerror(code)));
}

std::string human_size(std::uint64_t bytes) {
  if (bytes < 1024) return format("%u B", static_cast<unsigned>(bytes));
  constexpr std::array units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  double amount = static_cast<double>(bytes) / 1024;
  while (amount >= 1023.95) {  // is printed as 1024.0
    amount /= 1024;
    ++unit;
  }
  return format("%.1f %s", amount, units.at(unit));
}

}  // namespace copy
