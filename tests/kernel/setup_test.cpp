// io_setup: what it takes, and what it counts. What it refuses is in tests/raw.
#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <fstream>
#include <linux_aio/raw.hpp>
#include <string>

#include "tests/support/child.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/skip.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Ending;
using linux_aio::testing::in_child;
using linux_aio::testing::RawContext;
using linux_aio::testing::skip;

long number_in(const std::string& path) {
  long number = 0;
  REQUIRE(std::ifstream(path) >> number);
  return number;
}

}  // namespace

TEST_CASE("fs.aio-nr counts what was asked for, of all processes") {
  const RawContext first(1000);
  REQUIRE(number_in("/proc/sys/fs/aio-nr") >= 1000);
  const Ending ending = in_child([] {
    raw::aio_context_t context = 0;
    if (raw::io_setup(2000, &context) != 0) return 1;
    long counted = 0;
    return std::ifstream("/proc/sys/fs/aio-nr") >> counted && counted >= 3000 ? 0 : 2;
  });
  REQUIRE(ending.status == 0);
}

TEST_CASE("what fs.aio-max-nr limits is what was asked for, not the larger real capacity") {
  const long most = number_in("/proc/sys/fs/aio-max-nr");
  constexpr long least_capacity = 60;
  constexpr long contexts = 1500;
  if (most < 2 * contexts || most > contexts * least_capacity) {
    skip("fs.aio-max-nr is " + std::to_string(most) + ", which this test is not made for");
    return;
  }
  // They end with the child, all at once: each io_destroy would take its time.
  const Ending ending = in_child([] {
    for (long each = 0; each < contexts; ++each) {
      raw::aio_context_t context = 0;
      if (raw::io_setup(1, &context) != 0) return 1;
    }
    return 0;
  });
  REQUIRE(ending.status == 0);
}

TEST_CASE("more than 4194304 requests are EINVAL before fs.aio-max-nr is looked at") {
  // So many are EAGAIN or taken, one more is EINVAL, as is every larger number.
  raw::aio_context_t context = 0;
  const long largest = raw::io_setup(4'194'304, &context);
  if (largest == 0) REQUIRE(raw::io_destroy(context) == 0);
  REQUIRE((largest == 0 || largest == -EAGAIN || largest == -ENOMEM));
  context = 0;
  REQUIRE(raw::io_setup(4'194'305, &context) == -EINVAL);
  REQUIRE(context == 0);
}
