#include "examples/copy/progress.hpp"

#include <catch2/catch_all.hpp>
#include <string>

#include "examples/copy/text.hpp"

namespace {
constexpr std::uint64_t gibibyte = 1U << 30;
}

TEST_CASE("a size has the largest unit that it fills") {
  CHECK(copy::human_size(0) == "0 B");
  CHECK(copy::human_size(1023) == "1023 B");
  CHECK(copy::human_size(1024) == "1.0 KiB");
  CHECK(copy::human_size(1536) == "1.5 KiB");
  CHECK(copy::human_size((1 << 20) - 1) == "1.0 MiB");
  CHECK(copy::human_size(5 * gibibyte / 2) == "2.5 GiB");
  CHECK(copy::human_size(18446744073709551615U) == "16.0 EiB");
}

TEST_CASE("text is formatted at any length") {
  CHECK(copy::format("%s", "").empty());
  CHECK(copy::format("%d of %s", 3, "four") == "3 of four");
  const std::string longer(5000, 'x');
  CHECK(copy::format("<%s>", longer.c_str()) == "<" + longer + ">");
}

TEST_CASE("a failed call is told with its verb, its file and what errno means") {
  CHECK(copy::cannot("open", "a b", EACCES).error() == "cannot open 'a b': Permission denied");
}

TEST_CASE("nothing to do is done, and no time gives no throughput") {
  CHECK(copy::fraction(0, 0) == 1.0);
  CHECK(copy::fraction(1, 4) == 0.25);
  CHECK(copy::mebibytes_per_second(gibibyte, 0) == 0.0);
  CHECK(copy::mebibytes_per_second(gibibyte, 2) == 512.0);
}

TEST_CASE("the bar fills from left to right and tells how much is left") {
  CHECK(copy::bar_line(0, gibibyte, 0, 80) ==
        "[>                     ]   0 %        0 B of 1.0 GiB     0.0 MiB/s           ");
  CHECK(copy::bar_line(gibibyte / 2, gibibyte, 4, 80) ==
        "[===========>          ]  50 %  512.0 MiB of 1.0 GiB   128.0 MiB/s  0:04 left");
  CHECK(copy::bar_line(gibibyte, gibibyte, 8, 80) ==
        "[======================] 100 %    1.0 GiB of 1.0 GiB   128.0 MiB/s  syncing  ");
}

TEST_CASE("all but all is not yet 100 percent") {
  CHECK(copy::bar_line(gibibyte - 1, gibibyte, 8, 80).find(" 99 %") != std::string::npos);
}

TEST_CASE("the time left is in hours where it takes hours") {
  const std::string line = copy::bar_line(gibibyte / 100, gibibyte, 100, 200);
  CHECK(line.find("  2:45:00 left") != std::string::npos);
}

TEST_CASE("a line fits its window, however narrow, and leaves room for ^C") {
  for (std::size_t width = 3; width < 200; ++width) {
    CAPTURE(width);
    CHECK(copy::bar_line(gibibyte / 2, gibibyte, 4, width).size() <= width - 3);
  }
  CHECK(copy::bar_line(gibibyte / 2, gibibyte, 4, 0).empty());
  CHECK(copy::bar_line(gibibyte / 2, gibibyte, 4, 60).substr(0, 18) == " 50 %  512.0 MiB o");
}
