// examples/page_cache: what a lookup gets, and what it costs.

#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "examples/support/checksum.hpp"
#include "tests/examples/files.hpp"
#include "tests/examples/program.hpp"

namespace {

using examples_test::Ending;
using examples_test::Folder;

// What the program prints, which must succeed.
std::string look_up(const std::vector<std::string>& arguments) {
  const Ending ending = examples_test::run(arguments);
  CAPTURE(ending.errors);
  REQUIRE(ending.exit_status == 0);
  return ending.output;
}

std::string line_of(const std::string& content, std::size_t page, std::size_t page_size) {
  const std::size_t begin = std::min(page * page_size, content.size());
  const auto bytes = std::as_bytes(std::span(content)).subspan(begin);
  const auto part = bytes.first(std::min(page_size, bytes.size()));
  return std::to_string(page) + " " + std::to_string(part.size()) + " " +
         std::to_string(support::checksum(part));
}

std::multiset<std::string> lines_of(const std::string& text) {
  std::multiset<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.insert(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every lookup gets its page, with more pages and lookups than frames") {
  const Folder folder;
  constexpr std::size_t pages = 40;
  for (const std::size_t page_size : {4096UL, 1000UL}) {
    const std::string content = examples_test::pattern((pages - 1) * page_size + 123);
    examples_test::write_file(folder / "file", content);
    for (const char* const frames : {"1", "3", "64"}) {
      for (const char* const at_once : {"1", "2", "50"}) {
        CAPTURE(page_size, frames, at_once);
        std::vector<std::string> arguments = {
            "--frames",  frames,  "--page-size",  std::to_string(page_size),
            "--at-once", at_once, folder / "file"};
        std::multiset<std::string> expected;
        for (std::size_t lookup = 0; lookup < 200; ++lookup) {
          const std::size_t page = lookup * lookup % (pages + 1);  // one is past the end
          arguments.push_back(std::to_string(page));
          expected.insert(line_of(content, page, page_size));
        }
        auto lines = lines_of(look_up(arguments));
        const auto summary = std::ranges::find_if(
            lines, [](const std::string& line) { return contains(line, "200 lookups"); });
        REQUIRE(summary != lines.end());
        lines.erase(summary);
        REQUIRE(lines == expected);
      }
    }
  }
}

TEST_CASE("a page that is here is no read, and lookups of one that is being read share it") {
  const Folder folder;
  examples_test::write_file(folder / "file", examples_test::pattern(32768));
  CHECK(contains(look_up({"--at-once=1", folder / "file", "5", "5", "5"}),
                 "2 hits, 1 misses, 0 joined a read, 0 evictions"));
  CHECK(contains(look_up({"--at-once=3", folder / "file", "5", "5", "5"}),
                 "0 hits, 1 misses, 2 joined a read, 0 evictions"));
}

TEST_CASE(
    "many lookups that wait for a frame are served one after the other, not inside each other") {
  const Folder folder;
  examples_test::write_file(folder / "file", examples_test::pattern(8192));
  std::vector<std::string> arguments = {"--frames=1", "--at-once=100000", folder / "file", "0"};
  arguments.insert(arguments.end(), 60'000, "1");
  CHECK(contains(look_up(arguments), "60001 lookups"));
}

TEST_CASE("the page that was not used for the longest time makes room") {
  const Folder folder;
  examples_test::write_file(folder / "file", examples_test::pattern(32768));
  const std::vector<std::string> options = {"--at-once=1", "--frames=2", folder / "file"};
  const auto with = [&](std::vector<std::string> pages) {
    pages.insert(pages.begin(), options.begin(), options.end());
    return look_up(pages);
  };
  CHECK(
      contains(with({"1", "2", "1", "3", "1"}), "2 hits, 3 misses, 0 joined a read, 1 evictions"));
  CHECK(
      contains(with({"1", "2", "1", "3", "2"}), "1 hits, 4 misses, 0 joined a read, 2 evictions"));
}

TEST_CASE("made-up lookups find most pages in a cache of a third of the file") {
  const Folder folder;
  examples_test::write_file(folder / "file", examples_test::pattern(1228800));
  const std::string output = look_up({"--frames=100", "--lookups=5000", folder / "file"});
  CHECK(contains(output, "5000 lookups in 300 pages, "));
  const auto hits = std::stoul(output.substr(output.find(": ") + 2));
  CHECK(hits > 3500);
  CHECK(hits < 4700);
}

TEST_CASE("past the page cache where the file system says how") {
  const Folder folder;
  if (!examples_test::has_direct_io(folder)) {
    return examples_test::say_skipped("O_DIRECT: the file system does not say that it has it");
  }
  examples_test::write_file(folder / "file", examples_test::pattern(10'000));
  CHECK(contains(look_up({folder / "file", "1"}), "O_DIRECT"));
  CHECK(contains(look_up({"--page-size=1000", folder / "file", "1"}), "buffered"));
}

TEST_CASE("a file that is not there, and a page that is no number, are errors") {
  const Folder folder;
  const Ending missing = examples_test::run({folder / "none"});
  CHECK(missing.exit_status == 1);
  CHECK(contains(missing.errors, "page_cache: " + folder / "none" + ": "));
  CHECK(contains(missing.errors, "ENOENT"));
  examples_test::write_file(folder / "file", "content");
  const Ending ending = examples_test::run({folder / "file", "first"});
  CHECK(ending.exit_status == 1);
  CHECK(ending.errors == "page_cache: 'first' is no page number\n");
  CHECK(examples_test::run({"--frames=0", folder / "file"}).exit_status == 2);
  CHECK(contains(examples_test::run({"--help"}).output, "Usage: page_cache"));
}
