// examples/failure_injection: a test of its own, which has to pass and to have found something.

#include <catch2/catch_all.hpp>
#include <string>

#include "tests/examples/files.hpp"
#include "tests/examples/program.hpp"

TEST_CASE("all that the example checks of its code holds") {
  const examples_test::Folder folder;
  const examples_test::Ending ending = examples_test::run({folder.path()});
  CAPTURE(ending.output, ending.errors);
  CHECK(ending.exit_status == 0);
  CHECK(ending.errors.empty());
  CHECK(ending.output.find("FAILED") == std::string::npos);
  CHECK(ending.output.find("ok      short transfers are continued\n") != std::string::npos);
  CHECK(ending.output.ends_with("a write that accepts nothing is EIO\n"));
  CHECK(folder.names().empty());
}

TEST_CASE("a folder that is not there is an error") {
  const examples_test::Folder folder;
  CHECK(examples_test::run({folder / "none"}).exit_status == 1);
}
