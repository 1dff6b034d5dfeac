// examples/epoll_loop: prints a file that grows.

#include <catch2/catch_all.hpp>
#include <csignal>
#include <string>

#include "tests/examples/files.hpp"
#include "tests/examples/program.hpp"

namespace {

using examples_test::Ending;
using examples_test::Folder;
using examples_test::Program;

}  // namespace

TEST_CASE("what is there and what is added is printed, in order and once") {
  const Folder folder;
  // NOLINTNEXTLINE(misc-const-correctness): clang-tidy 19 does not see that it is changed
  std::string content = examples_test::pattern(200'000);
  examples_test::write_file(folder / "file", content);
  // NOLINTNEXTLINE(misc-const-correctness): clang-tidy 19 does not see that it is changed
  Program program({"--interval=1", folder / "file"});
  CHECK((program.read_output(content.size()) == content));
  for (const std::size_t size : {1UL, 65536UL, 100'000UL, 7UL}) {
    const std::string more = examples_test::pattern(size);
    examples_test::write_at(folder / "file", content.size(), more);
    content += more;
    CHECK((program.read_output(size) == more));
  }
  program.send(SIGTERM);
  const Ending ending = program.wait();
  CHECK(ending.exit_status == 0);
  CHECK(ending.output.empty());
  CHECK(ending.errors.empty());
}

TEST_CASE("an empty file prints nothing, and Ctrl-C ends the loop") {
  const Folder folder;
  examples_test::write_file(folder / "file", "");
  // NOLINTNEXTLINE(misc-const-correctness): clang-tidy 19 does not see that it is changed
  Program program({"--interval", "5", folder / "file"});
  examples_test::write_at(folder / "file", 0, "first");
  CHECK(program.read_output(5) == "first");
  program.send(SIGINT);
  CHECK(program.wait().exit_status == 0);
}

TEST_CASE("a signal ends the loop while there is still much to print") {
  // NOLINTNEXTLINE(misc-const-correctness): clang-tidy 19 does not see that it is changed
  Program program({"--interval=1", "/dev/zero"});
  static_cast<void>(program.read_output(1'000'000));
  program.send(SIGTERM);
  CHECK(program.wait().exit_status == 0);
}

TEST_CASE("a file that is not there, or that cannot be read, is an error") {
  const Folder folder;
  CHECK(examples_test::run({folder / "none"}).errors.find("ENOENT") != std::string::npos);
  CHECK(examples_test::run({folder.path()}).exit_status == 1);
  CHECK(examples_test::run({"--interval=0", folder / "none"}).exit_status == 2);
}
