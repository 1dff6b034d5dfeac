// examples/probe, as an operator runs it in a container.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/raw.hpp>
#include <string>

#include "tests/examples/files.hpp"
#include "tests/examples/program.hpp"
#include "tests/support/seccomp.hpp"

namespace {

using examples_test::Ending;
using examples_test::Folder;
using examples_test::run;
using examples_test::Start;

constexpr int cannot_filter = 124;

// A container whose filter answers EPERM to `number`.
Start container_without(long number) {
  Start start;
  start.in_child = [number] {
    if (!linux_aio::testing::forbid_system_call(number, EPERM)) ::_exit(cannot_filter);
  };
  return start;
}

bool contains(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("without a file it says what the kernel can do") {
  const Ending ending = run({});
  INFO(ending.output);
  REQUIRE(ending.exit_status == 0);
  REQUIRE(ending.errors.empty());
  for (const char* words : {"kernel            Linux ", "kernel AIO        usable", "fs.aio-max-nr",
                            "io_pgetevents", "fdatasync", "I/O priority", "dsync"}) {
    CHECK(contains(ending.output, words));
  }
}

TEST_CASE("a container that forbids AIO is exit status 1, and the reason") {
  const Ending ending = run({}, container_without(linux_aio::raw::nr_io_setup));
  if (ending.exit_status == cannot_filter) {
    examples_test::say_skipped("a container without AIO: this machine has no seccomp filters");
    return;
  }
  INFO(ending.output);
  REQUIRE(ending.exit_status == 1);
  REQUIRE(contains(ending.output, "NOT usable: io_setup: EPERM"));
  REQUIRE(contains(ending.output, "seccomp filter"));
}

TEST_CASE("a file is shown as it is opened, and again with O_DIRECT") {
  const Folder folder;
  examples_test::write_file(folder / "data", examples_test::pattern(8192));
  const Ending ending = run({folder / "data"});
  INFO(ending.output);
  REQUIRE(ending.exit_status == 0);
  REQUIRE(contains(ending.output, "\n" + folder / "data" + "\n"));
  REQUIRE(contains(ending.output, "reads             synchronous"));
  REQUIRE(contains(ending.output, "writes            impossible"));
  REQUIRE(contains(ending.output, "data, opened with O_DIRECT\n"));
  if (examples_test::has_direct_io(folder)) {
    REQUIRE(contains(ending.output, "reads             asynchronous"));
  } else {
    examples_test::say_skipped("asynchronous reads: " + folder.path() + " has no O_DIRECT");
  }
  REQUIRE(examples_test::has_content(folder / "data", examples_test::pattern(8192)));
}

TEST_CASE("with --write it shows writes, and writes nothing") {
  const Folder folder;
  examples_test::write_file(folder / "data", "content");
  const Ending ending = run({"--write", folder / "data"});
  INFO(ending.output);
  REQUIRE(ending.exit_status == 0);
  REQUIRE(contains(ending.output, "writes            synchronous"));
  REQUIRE(contains(ending.output, "write flags     accepted: dsync"));
  REQUIRE(examples_test::has_content(folder / "data", "content"));
}

TEST_CASE("a fifo without a writer does not stop it") {
  const Folder folder;
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const Ending ending = run({folder / "fifo"});
  INFO(ending.output);
  REQUIRE(ending.exit_status == 0);
  REQUIRE(contains(ending.output, "a pipe, open for reading\n"));
  REQUIRE(contains(ending.output, "reads             may block"));
}

TEST_CASE("of several files one that cannot be opened is exit status 1, and the others are shown") {
  const Folder folder;
  examples_test::write_file(folder / "data", "content");
  Start start;
  start.environment = "BUILD_WORKING_DIRECTORY=" + folder.path();
  const Ending ending = run({"missing", "--", "data"}, start);
  INFO(ending.output);
  REQUIRE(ending.exit_status == 1);
  REQUIRE(contains(ending.output, "missing\ncannot be opened: No such file or directory\n"));
  REQUIRE(contains(ending.output, "data\nfile              a regular file"));
}

TEST_CASE("the help tells the options, and an unknown option is exit status 2") {
  const Ending help = run({"--help"});
  REQUIRE(help.exit_status == 0);
  for (const char* words : {"Usage: probe", "--write", "--help", "Exit status"}) {
    CHECK(contains(help.output, words));
  }
  REQUIRE(run({"-h"}).output == help.output);
  const Ending wrong = run({"--wirte"});
  REQUIRE(wrong.exit_status == 2);
  REQUIRE(wrong.errors == "probe: unknown option '--wirte'\nTry --help.\n");
}
