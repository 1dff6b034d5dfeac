#include <catch2/catch_all.hpp>
#include <linux_aio/raw/ioprio.hpp>

namespace raw = linux_aio::raw;

// What linux/ioprio.h computes.
static_assert(raw::ioprio_prio_value(0, 0) == 0);
static_assert(raw::ioprio_prio_value(1, 0) == 0x2000);
static_assert(raw::ioprio_prio_value(2, 4) == 0x4004);
static_assert(raw::ioprio_prio_value(3, 7) == 0x6007);

TEST_CASE("an I/O priority unpacks to what it was packed from") {
  for (unsigned priority_class = 0; priority_class < 8; ++priority_class) {
    for (unsigned data = 0; data < 8192; ++data) {
      const std::uint16_t value = raw::ioprio_prio_value(priority_class, data);
      REQUIRE(value == priority_class * 8192 + data);
      REQUIRE(raw::ioprio_prio_class(value) == priority_class);
      REQUIRE(raw::ioprio_prio_data(value) == data);
    }
  }
}

TEST_CASE("bits of an I/O priority that have no place are cut") {
  REQUIRE(raw::ioprio_prio_value(8 + 2, 4) == 0x4004);
  REQUIRE(raw::ioprio_prio_value(2, 8192 + 4) == 0x4004);
  REQUIRE(raw::ioprio_prio_value(~0U, ~0U) == 0xffff);
}
