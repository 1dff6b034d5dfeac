// What a copy prints: a bar for people, plain lines for everything else.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch_all.hpp>
#include <cctype>
#include <chrono>
#include <csignal>
#include <sstream>
#include <string>
#include <thread>

#include "tests/examples/files.hpp"
#include "tests/examples/program.hpp"

namespace {

using examples_test::Ending;
using examples_test::Folder;

constexpr std::size_t mebibyte = 1 << 20;

// The text with # for each number, and MiB for any unit of bytes.
std::string shape_of(const std::string& text) {
  std::string shape;
  for (const char character : text) {
    const bool in_number = !shape.empty() && shape.back() == '#';
    if (std::isdigit(static_cast<unsigned char>(character)) != 0) {
      if (!in_number) shape += '#';
    } else if (character != '.' || !in_number) {
      shape += character;
    }
    if (shape.ends_with("# B") || shape.ends_with("# KiB")) {
      shape.replace(shape.rfind(' ') + 1, std::string::npos, "MiB");
    }
  }
  return shape;
}

// The shape of the summary of a file without holes.
constexpr const char* summary =
    "# bytes (# MiB) in # s: # MiB/s\n"
    "# requests in # io_submit calls; depth #, blocks of # MiB, buffered\n";

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

}  // namespace

TEST_CASE("the summary has bytes, seconds, throughput, io_submit calls and requests") {
  const Folder folder;
  examples_test::write_file(folder / "from", examples_test::pattern(3 * mebibyte));
  const Ending ending = examples_test::run(
      {"--buffered", "--block-size=1M", "--depth=8", folder / "from", folder / "to"});
  CAPTURE(ending.output);
  // Three reads, three writes, fsync of the file and of its folder.
  CHECK(shape_of(ending.output) == summary);
  CHECK(ending.output.find("3145728 bytes (3.0 MiB) in ") == 0);
  CHECK(ending.output.find("\n8 requests in ") != std::string::npos);
  CHECK(ending.output.find("; depth 8, blocks of 1.0 MiB, buffered\n") != std::string::npos);
  CHECK(ending.errors.empty());
}

TEST_CASE("the summary of a sparse file tells data from holes") {
  const Folder folder;
  examples_test::make_hole(folder / "from", 4 * mebibyte);
  examples_test::write_at(folder / "from", mebibyte, examples_test::pattern(mebibyte));
  if (examples_test::allocated(folder / "from") > 2 * mebibyte) {
    return examples_test::say_skipped("the file system keeps no holes");
  }
  const Ending ending = examples_test::run({folder / "from", folder / "to"});
  CAPTURE(ending.output);
  CHECK(ending.output.find("\n1.0 MiB of it data, 3.0 MiB holes\n") != std::string::npos);
}

TEST_CASE("without a terminal there are plain lines, the slow copy's progress among them") {
  const Folder folder;
  examples_test::write_file(folder / "from", examples_test::pattern(mebibyte));
  const Ending ending = examples_test::run_with(
      {.when = [&] { return examples_test::copy_has_begun(folder); },
       .what = [](const auto&) { std::this_thread::sleep_for(std::chrono::milliseconds(1100)); }},
      examples_test::slow_copy(folder / "from", folder / "to"));
  CAPTURE(ending.output);
  CHECK(ending.exit_status == 0);
  const std::string shape = shape_of(ending.output);
  CHECK(shape.find("# %: # MiB of # MiB, # MiB/s\n") == 0);
  CHECK(shape.find("\n# bytes (# MiB) in # s: # MiB/s\n") != std::string::npos);
  CHECK(ending.output.find_first_of("\r\x1b") == std::string::npos);
}

TEST_CASE("on a terminal there is a bar, which is gone when the summary comes") {
  if (!examples_test::has_terminals())
    return examples_test::say_skipped("this machine has no terminals");
  const Folder folder;
  examples_test::write_file(folder / "from", examples_test::pattern(4 * mebibyte));
  const Ending ending = examples_test::run({folder / "from", folder / "to"}, {.on_terminal = true});
  CAPTURE(ending.output);
  CHECK(ending.exit_status == 0);
  CHECK(ending.output.find("\r[") == 0);
  CHECK(ending.output.find("] 100 %    4.0 MiB of 4.0 MiB") != std::string::npos);
  const std::size_t cleared = ending.output.rfind("\r\x1b[K");
  REQUIRE(cleared != std::string::npos);
  CHECK(ending.output.find("4194304 bytes (4.0 MiB) in ") == cleared + 4);
}

TEST_CASE("a terminal that cannot draw gets plain lines") {
  if (!examples_test::has_terminals())
    return examples_test::say_skipped("this machine has no terminals");
  const Folder folder;
  examples_test::write_file(folder / "from", examples_test::pattern(mebibyte));
  const Ending ending = examples_test::run({folder / "from", folder / "to"},
                                           {.environment = "TERM=dumb", .on_terminal = true});
  CHECK(ending.output.find("1048576 bytes") == 0);
  CHECK(ending.output.find('\x1b') == std::string::npos);
}

TEST_CASE("an error on a terminal comes after the bar is gone") {
  if (!examples_test::has_terminals())
    return examples_test::say_skipped("this machine has no terminals");
  const Folder folder;
  examples_test::write_file(folder / "from", examples_test::pattern(16 * mebibyte));
  const Ending ending = examples_test::run_with(
      {.when = [&] { return examples_test::copy_has_begun(folder); },
       .what = [](const examples_test::Program& program) { program.send(SIGINT); }},
      examples_test::slow_copy(folder / "from", folder / "to"), {.on_terminal = true});
  CHECK(ending.signal == SIGINT);
  CHECK((ending.output.empty() || ending.output.ends_with("\r\x1b[K")));  // before its first bar
}

TEST_CASE("a reader that goes away does not end the copy") {
  const Folder folder;
  examples_test::write_file(folder / "from", "content");
  const Ending ending = examples_test::run({folder / "from", folder / "to"}, {.in_child = [] {
                                             std::array<int, 2> ends{};
                                             if (::pipe(ends.data()) != 0) ::_exit(125);
                                             ::close(ends[0]);
                                             ::dup2(ends[1], STDOUT_FILENO);
                                           }});
  CHECK(ending.signal == 0);
  CHECK(ending.exit_status == 0);
  CHECK(examples_test::has_content(folder / "to", "content"));
}

TEST_CASE("the help fits a terminal of 80 columns") {
  const Ending ending = examples_test::run({"--help"});
  CHECK(ending.exit_status == 0);
  CHECK(ending.output.find("Usage: copy [OPTION]... [--] SOURCE DESTINATION\n") == 0);
  CHECK(longest_line(ending.output) <= 80);
}
