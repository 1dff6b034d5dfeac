#include "examples/copy/options.hpp"

#include <catch2/catch_all.hpp>
#include <string>
#include <vector>

namespace {

copy::Outcome<copy::Options> parse(const std::vector<const char*>& arguments) {
  return copy::parse_options(arguments);
}

std::string error_of(const std::vector<const char*>& arguments) {
  const auto options = parse(arguments);
  return options ? "no error" : options.error();
}

}  // namespace

TEST_CASE("two paths are enough, the rest has defaults") {
  const auto options = parse({"from", "to"});
  REQUIRE(options.has_value());
  CHECK(options->source == "from");
  CHECK(options->destination == "to");
  CHECK(options->depth == 8);
  CHECK(options->block_size == 1UL << 20);
  CHECK(options->mode == copy::IoMode::automatic);
  CHECK_FALSE(options->in_place);
  CHECK_FALSE(options->help);
}

TEST_CASE("options stand anywhere, with their value after a space or an equals sign") {
  const auto options = parse({"--depth", "8", "from", "--block-size=1M", "to", "--in-place"});
  REQUIRE(options.has_value());
  CHECK(options->source == "from");
  CHECK(options->destination == "to");
  CHECK(options->depth == 8);
  CHECK(options->block_size == 1 << 20);
  CHECK(options->in_place);
}

TEST_CASE("of several modes the last one counts") {
  CHECK(parse({"a", "b", "--direct"})->mode == copy::IoMode::direct);
  CHECK(parse({"a", "b", "--direct", "--buffered"})->mode == copy::IoMode::buffered);
  CHECK(parse({"a", "b", "--direct", "--auto"})->mode == copy::IoMode::automatic);
}

TEST_CASE("after -- everything is a path, and so is a single dash") {
  const auto options = parse({"--", "--depth", "-"});
  REQUIRE(options.has_value());
  CHECK(options->source == "--depth");
  CHECK(options->destination == "-");
}

TEST_CASE("help needs no paths and excuses what follows it") {
  CHECK(parse({"--help"})->help);
  CHECK(parse({"-h"})->help);
  CHECK(parse({"--help", "--nonsense"})->help);
}

TEST_CASE("anything but two paths is an error that says how many there are") {
  CHECK(error_of({}) == "expected SOURCE and DESTINATION, but there are 0");
  CHECK(error_of({"a"}) == "expected SOURCE and DESTINATION, but there is 1");
  CHECK(error_of({"a", "b", "c"}) == "expected SOURCE and DESTINATION, but there are 3");
  CHECK(error_of({"", "b"}) == "SOURCE and DESTINATION must not be empty");
  CHECK(error_of({"a", ""}) == "SOURCE and DESTINATION must not be empty");
}

TEST_CASE("an unknown option is named") {
  CHECK(error_of({"--dept", "a", "b"}) == "unknown option '--dept'");
  CHECK(error_of({"-x", "a", "b"}) == "unknown option '-x'");
  CHECK(error_of({"--colour=red", "a", "b"}) == "unknown option '--colour'");
}

TEST_CASE("a value that is missing or not wanted is an error") {
  CHECK(error_of({"a", "b", "--depth"}) == "option '--depth' needs a value");
  CHECK(error_of({"a", "b", "--direct=yes"}) == "option '--direct' takes no value");
}

TEST_CASE("a bad number is shown with what is wrong with it") {
  CHECK(error_of({"a", "b", "--depth=many"}) == "--depth: 'many' is not a number");
  CHECK(error_of({"a", "b", "--depth="}) == "--depth: '' is not a number");
  CHECK(error_of({"a", "b", "--depth=-1"}) == "--depth: '-1' is not a number");
  CHECK(error_of({"a", "b", "--depth=0"}) == "--depth: '0' is not between 1 and 4096");
  CHECK(error_of({"a", "b", "--depth=4097"}) == "--depth: '4097' is not between 1 and 4096");
  CHECK(error_of({"a", "b", "--block-size=0"}) ==
        "--block-size: '0' is not between 1 and 1073741824");
  CHECK(error_of({"a", "b", "--block-size=12x"}) ==
        "--block-size: '12x' is not a number with an optional K, M or G");
}

TEST_CASE("buffers of more than a gibibyte are refused") {
  CHECK(parse({"a", "b", "--depth=1", "--block-size=1G"}).has_value());
  CHECK(parse({"a", "b", "--depth=1024", "--block-size=1M"}).has_value());
  CHECK(error_of({"a", "b", "--depth=1025", "--block-size=1M"}) ==
        "1025 blocks of 1.0 MiB need more memory than the 1.0 GiB that this program takes");
}

TEST_CASE("a size is a number with an optional unit of powers of 1024") {
  CHECK(copy::parse_size("0") == 0U);
  CHECK(copy::parse_size("4095") == 4095U);
  CHECK(copy::parse_size("64K") == 65536U);
  CHECK(copy::parse_size("64k") == 65536U);
  CHECK(copy::parse_size("64KiB") == 65536U);
  CHECK(copy::parse_size("3M") == 3U << 20);
  CHECK(copy::parse_size("1G") == 1U << 30);
  CHECK(copy::parse_size("18446744073709551615") == 18446744073709551615U);
}

TEST_CASE("what is no size, or none that a number can hold, is refused") {
  for (const char* text : {"", " 1", "1 ", "K", "+1", "1.5M", "0x10", "1KB", "1T", "1MM"}) {
    CAPTURE(text);
    CHECK_FALSE(copy::parse_size(text).has_value());
  }
  CHECK(copy::parse_size("18446744073709551616").error() == "'18446744073709551616' is too large");
  CHECK(copy::parse_size("18014398509481984K").error() == "'18014398509481984K' is too large");
  CHECK(copy::parse_size("17179869184G").error() == "'17179869184G' is too large");
}

TEST_CASE("the help names every option") {
  const std::string help = copy::help_text;
  for (const char* option :
       {"--depth", "--block-size", "--auto", "--direct", "--buffered", "--in-place", "--help"}) {
    CAPTURE(option);
    CHECK(help.find(option) != std::string::npos);
  }
}
