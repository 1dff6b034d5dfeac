#include "bench/common/fail.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {

void fail(const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", ::program_invocation_short_name, what.c_str());
  std::exit(1);
}

void fail(const std::string& what, int error) { fail(what + ": " + std::strerror(error)); }

void refuse(const std::string& what) {
  std::fprintf(stderr, "%s: %s\nTry --help.\n", ::program_invocation_short_name, what.c_str());
  std::exit(2);
}

}  // namespace bench
