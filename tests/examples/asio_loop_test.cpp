// examples/asio_loop: an Asio loop runs timers and reads.

#include <catch2/catch_all.hpp>
#include <chrono>
#include <string>

#include "tests/examples/files.hpp"
#include "tests/examples/program.hpp"

namespace {

using examples_test::Ending;
using examples_test::Folder;

}  // namespace

TEST_CASE("a file is printed whole, whatever the size of the blocks") {
  const Folder folder;
  for (const std::size_t size : {0UL, 1UL, 4096UL, 10'000UL}) {
    const std::string content = examples_test::pattern(size);
    examples_test::write_file(folder / "file", content);
    for (const char* const block :
         {"--block-size=1000", "--block-size=4096", "--block-size=1000000"}) {
      CAPTURE(size, block);
      const Ending ending = examples_test::run({block, "--pause=1", folder / "file"});
      CHECK(ending.errors.empty());
      CHECK(ending.exit_status == 0);
      CHECK((ending.output == content));
    }
  }
}

TEST_CASE("the pauses between the blocks are kept") {
  const Folder folder;
  examples_test::write_file(folder / "file", examples_test::pattern(4000));
  const auto begin = std::chrono::steady_clock::now();
  CHECK(examples_test::run({"--block-size=1000", "--pause=50", folder / "file"}).output.size() ==
        4000);
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(4 * 50));
}

TEST_CASE("a file that is not there, or that cannot be read, is an error") {
  const Folder folder;
  const Ending ending = examples_test::run({folder / "none"});
  CHECK(ending.exit_status == 1);
  CHECK(ending.errors.find("ENOENT") != std::string::npos);
  CHECK(examples_test::run({folder.path()}).exit_status == 1);
}
