#include "bench/device/histogram.hpp"

#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <vector>

namespace {

using device::Histogram;

// By the definition: the smallest that so many parts of a thousand do not exceed.
std::uint64_t exact(std::vector<std::uint64_t>& durations, std::uint64_t part) {
  std::ranges::sort(durations);
  return durations[(durations.size() * part + 999) / 1000 - 1];
}

// All that is counted as `duration` is, too.
std::uint64_t shown(std::uint64_t duration) {
  const auto histogram = std::make_unique<Histogram>();
  histogram->record(duration);
  return histogram->per_mille(500);
}

}  // namespace

TEST_CASE("short durations are counted one by one") {
  for (std::uint64_t duration = 0; duration < 128; ++duration) CHECK(shown(duration) == duration);
}

TEST_CASE("every other duration is off by one part in 128 at most") {
  for (unsigned power = 7; power < 64; ++power) {
    const std::uint64_t begin = std::uint64_t{1} << power;
    for (const std::uint64_t duration :
         {begin, begin + 1, begin + begin / 3, begin + begin / 2, begin + (begin - 1)}) {
      const std::uint64_t found = shown(duration);
      const std::uint64_t off = found > duration ? found - duration : duration - found;
      CHECK(off <= duration / 128);
    }
  }
  CHECK(shown(std::numeric_limits<std::uint64_t>::max()) > std::uint64_t{1} << 63U);
}

TEST_CASE("longer durations are never shown as shorter ones") {
  std::uint64_t before = 0;
  for (std::uint64_t duration = 1; duration < 100'000; duration += 1 + duration / 500) {
    const std::uint64_t found = shown(duration);
    CHECK(found >= before);
    before = found;
  }
}

TEST_CASE("percentiles are those of the sorted durations, within one part in 128") {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latencies(11, 1.5);
  const auto histogram = std::make_unique<Histogram>();
  std::vector<std::uint64_t> durations(10'007);
  for (std::uint64_t& duration : durations) {
    duration = static_cast<std::uint64_t>(latencies(random));
    histogram->record(duration);
  }
  CHECK(histogram->count() == durations.size());
  for (const std::uint64_t part : {1U, 500U, 990U, 999U, 1000U}) {
    const auto want = static_cast<double>(exact(durations, part));
    const auto found = static_cast<double>(histogram->per_mille(part));
    CHECK(std::abs(found - want) <= want / 128 + 1);
  }
}

TEST_CASE("one slow request in a thousand is in the last part of a thousand, and in no other") {
  const auto histogram = std::make_unique<Histogram>();
  for (int count = 0; count < 999; ++count) histogram->record(100);
  histogram->record(1'000'000);
  CHECK(histogram->per_mille(500) == 100);
  CHECK(histogram->per_mille(999) == 100);
  CHECK(histogram->per_mille(1000) >= 990'000);
}

TEST_CASE("a histogram of nothing shows 0") {
  const auto histogram = std::make_unique<Histogram>();
  CHECK(histogram->count() == 0);
  CHECK(histogram->per_mille(500) == 0);
}
