#include "bench/experiment/way.hpp"

namespace experiment {

void expect_whole(const Source& source, long long result) {
  if (result == static_cast<long long>(source.size)) return;
  if (result < 0) fail(source.path, static_cast<int>(-result));
  fail(source.path + ": " + std::to_string(result) + " bytes read of " +
       std::to_string(source.size));
}

}  // namespace experiment
