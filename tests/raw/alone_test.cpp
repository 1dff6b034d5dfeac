// The raw layer is a library of its own: this test depends on //:raw and nothing else of ours.
#include <linux_aio/raw.hpp>

#if __has_include(<linux_aio/context.hpp>)
#error "//:raw carries headers of the safe layer"
#endif

#include <catch2/catch_all.hpp>

TEST_CASE("the raw layer works without the safe one") {
  linux_aio::raw::aio_context_t context = 0;
  REQUIRE(linux_aio::raw::io_setup(1, &context) == 0);
  REQUIRE(linux_aio::raw::io_destroy(context) == 0);
}
