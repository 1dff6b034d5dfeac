// Ctrl-C and its like.

#include <catch2/catch_all.hpp>
#include <csignal>
#include <set>
#include <string>
#include <vector>

#include "tests/examples/files.hpp"
#include "tests/examples/program.hpp"

namespace {

using examples_test::Ending;
using examples_test::Folder;
using Names = std::set<std::string>;

constexpr std::size_t mebibyte = 1 << 20;

// Sends a signal to a copy from folder/from to folder/to, as soon as it has its temporary file.
Ending interrupt(const Folder& folder, int signal, const examples_test::Start& start = {}) {
  return examples_test::run_with(
      {.when = [&] { return examples_test::copy_has_begun(folder); },
       .what = [&](const examples_test::Program& program) { program.send(signal); }},
      examples_test::slow_copy(folder / "from", folder / "to"), start);
}

}  // namespace

TEST_CASE("SIGINT, SIGTERM and SIGHUP leave nothing behind and are what the program dies of") {
  const Folder folder;
  examples_test::write_file(folder / "from", examples_test::pattern(16 * mebibyte));
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    const Ending ending = interrupt(folder, signal);
    CHECK(ending.signal == signal);
    CHECK(ending.errors == "copy: interrupted\n");
    CHECK(folder.names() == Names{"from"});
  }
}

TEST_CASE("a signal that is ignored stays ignored, as under nohup") {
  const Folder folder;
  const std::string content = examples_test::pattern(2 * mebibyte);
  examples_test::write_file(folder / "from", content);
  const Ending ending = interrupt(folder, SIGHUP, {.in_child = [] { ::signal(SIGHUP, SIG_IGN); }});
  CHECK(ending.signal == 0);
  CHECK(ending.exit_status == 0);
  CHECK(examples_test::has_content(folder / "to", content));
}

TEST_CASE("an old destination survives the interruption of its replacement") {
  const Folder folder;
  examples_test::write_file(folder / "from", examples_test::pattern(16 * mebibyte));
  examples_test::write_file(folder / "to", "old");
  const Ending ending = interrupt(folder, SIGTERM);
  CHECK(ending.signal == SIGTERM);
  CHECK(folder.names() == Names{"from", "to"});
  CHECK(examples_test::has_content(folder / "to", "old"));
}

TEST_CASE("in place, an interruption ends the copy at once and says what it leaves") {
  const Folder folder;
  constexpr std::size_t size = 16 * mebibyte;
  examples_test::write_file(folder / "from", examples_test::pattern(size));
  examples_test::write_file(folder / "to", std::string(size, '\0'));
  const Ending ending = examples_test::run_with(
      {.when = [&] { return examples_test::read_file(folder / "to").front() != '\0'; },
       .what = [](const examples_test::Program& program) { program.send(SIGINT); }},
      {"--in-place", "--depth=1", "--block-size=512", folder / "from", folder / "to"});
  CHECK(ending.signal == SIGINT);
  CHECK(ending.errors == "copy: interrupted; '" + folder / "to" + "' may be partly overwritten\n");
  CHECK(examples_test::read_file(folder / "to").back() == '\0');
}
