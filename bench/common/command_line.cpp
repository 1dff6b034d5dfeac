#include "bench/common/command_line.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "bench/common/fail.hpp"

namespace bench {

const char* const build =
#ifdef __clang__
    "clang " __clang_version__
#else
    "g++ " __VERSION__
#endif
#ifdef __OPTIMIZE__
    ", optimised";
#else
    ", not optimised";
#endif

std::size_t number(const std::string& text) {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value == 0) {
    refuse("'" + text + "' is no number from 1");
  }
  return value;
}

void print_and_exit(const char* text) {
  std::puts(text);
  std::exit(0);
}

}  // namespace bench
