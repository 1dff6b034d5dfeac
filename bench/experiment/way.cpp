#include "bench/experiment/way.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace experiment {

void fail(const std::string& what) {
  std::fprintf(stderr, "reader: %s\n", what.c_str());
  std::exit(1);
}

void fail(const std::string& what, int error) { fail(what + ": " + std::strerror(error)); }

void expect_whole(const Source& source, long long result) {
  if (result == static_cast<long long>(source.size)) return;
  if (result < 0) fail(source.path, static_cast<int>(-result));
  fail(source.path + ": " + std::to_string(result) + " bytes read of " +
       std::to_string(source.size));
}

}  // namespace experiment
