// What cannot be copied: a message, an exit status, and nothing left behind.

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
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

// What a copy that must fail prints on standard error.
std::string error_of(const std::vector<std::string>& arguments,
                     const examples_test::Start& start = {}) {
  const Ending ending = examples_test::run(arguments, start);
  CAPTURE(ending.output, ending.errors);
  CHECK(ending.exit_status == 1);
  CHECK(ending.output.empty());
  return ending.errors;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void say_no_file_size_limit() {
  examples_test::say_skipped("a file size limit: ThreadSanitizer's own start needs larger files");
}

}  // namespace

TEST_CASE("a source that is not there is an error") {
  const Folder folder;
  CHECK(error_of({folder / "from", folder / "to"}) ==
        "copy: cannot open '" + folder / "from" + "': No such file or directory\n");
  CHECK(folder.names().empty());
}

TEST_CASE("a folder, a FIFO or a device as the source is an error") {
  const Folder folder;
  CHECK(error_of({folder.path(), folder / "to"}) == "copy: '" + folder.path() + "' is a folder\n");
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(error_of({folder / "fifo", folder / "to"}) ==
        "copy: '" + folder / "fifo" + "' is not a regular file\n");
  CHECK(error_of({"/dev/null", folder / "to"}) == "copy: '/dev/null' is not a regular file\n");
  CHECK(folder.names() == Names{"fifo"});
}

TEST_CASE("a source that has bytes and says that it has none is an error") {
  const Folder folder;
  CHECK(error_of({"/proc/self/status", folder / "to"}) ==
        "copy: '/proc/self/status' does not tell its size, as files in /proc do not\n");
  CHECK(folder.names().empty());
}

TEST_CASE("a destination that is no regular file is left alone") {
  const Folder folder;
  examples_test::write_file(folder / "from", "content");
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(error_of({folder / "from", folder / "fifo"}) ==
        "copy: '" + folder / "fifo" + "' is not a regular file\n");
  REQUIRE(::mkdir((folder / "folder").c_str(), 0700) == 0);
  REQUIRE(::mkdir((folder / "folder/from").c_str(), 0700) == 0);
  CHECK(error_of({folder / "from", folder / "folder"}) ==
        "copy: '" + folder / "folder/from" + "' is a folder\n");
  REQUIRE(::symlink("nowhere", (folder / "link").c_str()) == 0);
  CHECK(error_of({folder / "from", folder / "link"}) ==
        "copy: cannot follow the link '" + folder / "link" + "': No such file or directory\n");
  CHECK(error_of({folder / "from", "/dev/stdout"}) ==
        "copy: '/dev/stdout' is not a regular file\n");  // a link to a pipe, which has no path
  CHECK(folder.names() == Names{"fifo", "folder", "from", "link"});
}

TEST_CASE("a file is not copied onto itself, whatever its names") {
  const Folder folder;
  examples_test::write_file(folder / "from", "content");
  REQUIRE(::link((folder / "from").c_str(), (folder / "hard").c_str()) == 0);
  REQUIRE(::symlink("from", (folder / "soft").c_str()) == 0);
  for (const std::string name : {"from", "hard", "soft"}) {
    CAPTURE(name);
    CHECK(contains(error_of({folder / "from", folder / name}), "are the same file\n"));
    CHECK(contains(error_of({"--in-place", folder / "from", folder / name}), "the same file\n"));
  }
  CHECK(contains(error_of({folder / "from", folder.path()}), "are the same file\n"));
  CHECK(examples_test::has_content(folder / "from", "content"));
}

TEST_CASE("a folder that is not there is an error") {
  const Folder folder;
  examples_test::write_file(folder / "from", "content");
  for (const std::string name : {"missing/to", "missing/"}) {
    CHECK(error_of({folder / "from", folder / name}) == "copy: cannot create a file in '" +
                                                            folder / "missing" +
                                                            "': No such file or directory\n");
  }
}

TEST_CASE("in place there must be a destination") {
  const Folder folder;
  examples_test::write_file(folder / "from", "content");
  CHECK(error_of({"--in-place", folder / "from", folder / "to"}) ==
        "copy: cannot write '" + folder / "to" + "': No such file or directory\n");
  CHECK(folder.names() == Names{"from"});
}

TEST_CASE("what one may not read or write is an error") {
  const Folder folder;
  examples_test::write_file(folder / "from", "content");
  examples_test::write_file(folder / "secret", "content");
  REQUIRE(::chmod((folder / "secret").c_str(), 0) == 0);
  examples_test::Start start;
  if (::geteuid() == 0) {  // may do anything
    REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
    constexpr ::uid_t nobody = 65534;
    start.in_child = [] {
      if (::setgid(nobody) != 0 || ::setuid(nobody) != 0) ::_exit(125);
    };
  } else {
    REQUIRE(::chmod(folder.path().c_str(), 0555) == 0);
  }
  if (examples_test::run({"--help"}, start).exit_status != 0) {
    return examples_test::say_skipped("permissions: another user cannot run the program from here");
  }
  CHECK(error_of({folder / "secret", folder / "to"}, start) ==
        "copy: cannot open '" + folder / "secret" + "': Permission denied\n");
  CHECK(error_of({folder / "from", folder / "to"}, start) ==
        "copy: cannot create a file in '" + folder.path() + "': Permission denied\n");
  CHECK(error_of({"--in-place", folder / "from", folder / "secret"}, start) ==
        "copy: cannot write '" + folder / "secret" + "': Permission denied\n");
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  CHECK(folder.names() == Names{"from", "secret"});
}

TEST_CASE("a file size limit is reached before anything is written, and nothing is left") {
  if (!examples_test::can_limit_file_size()) return say_no_file_size_limit();
  const Folder folder;
  examples_test::write_file(folder / "from", examples_test::pattern(mebibyte));
  CHECK(error_of({folder / "from", folder / "to"},
                 {.in_child = examples_test::limit_file_size(65536)}) ==
        "copy: cannot set the size of '" + folder / "to" + "': File too large\n");
  CHECK(folder.names() == Names{"from"});
}

TEST_CASE("a write that stops half-way is continued until its error shows") {
  if (!examples_test::can_limit_file_size()) return say_no_file_size_limit();
  const Folder folder;
  examples_test::write_file(folder / "from", examples_test::pattern(mebibyte));
  examples_test::write_file(folder / "to", std::string(mebibyte, 'x'));
  // The limit is in the middle of a block, which is written up to there.
  const std::string error =
      error_of({"--in-place", "--depth=1", "--block-size=64K", folder / "from", folder / "to"},
               {.in_child = examples_test::limit_file_size(98304)});
  CHECK(contains(error, "write of 32768 bytes at offset 98304"));
  CHECK(contains(error, "EFBIG"));
  CHECK(contains(error, "'" + folder / "to" + "' may be partly overwritten\n"));
  const std::string source = examples_test::read_file(folder / "from");
  CHECK(examples_test::has_content(folder / "to",
                                   source.substr(0, 98304) + std::string(mebibyte - 98304, 'x')));
}

TEST_CASE("a full disk shows at once and leaves nothing behind") {
  const Folder folder;
  const Folder small;
  examples_test::write_file(folder / "from", examples_test::pattern(2 * mebibyte));
  if (::mount("tmpfs", small.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
    return examples_test::say_skipped("a full disk: mounting one is not allowed here");
  }
  const std::string error = error_of({folder / "from", small / "to"});
  const Names names = small.names();
  ::umount(small.path().c_str());
  CHECK(error ==
        "copy: cannot allocate space for '" + small / "to" + "': No space left on device\n");
  CHECK(names.empty());
}

TEST_CASE("a wrong command line ends with status 2 and a hint") {
  const Folder folder;
  const Ending ending = examples_test::run({"--nonsense", folder / "from", folder / "to"});
  CHECK(ending.exit_status == 2);
  CHECK(ending.output.empty());
  CHECK(ending.errors == "copy: unknown option '--nonsense'\nTry --help.\n");
}

TEST_CASE("a BUILD_WORKING_DIRECTORY that is not there is an error") {
  CHECK(error_of({"from", "to"}, {.environment = "BUILD_WORKING_DIRECTORY=/no/such"}) ==
        "copy: cannot enter BUILD_WORKING_DIRECTORY, '/no/such'\n");
}

TEST_CASE("an unchanged source brings no warning, a changed one does") {
  const Folder folder;
  examples_test::write_file(folder / "from", examples_test::pattern(8 * mebibyte));
  CHECK(examples_test::run({folder / "from", folder / "to"}).errors.empty());

  const Ending ending = examples_test::run_with(
      {.when = [&] { return examples_test::copy_has_begun(folder); },
       .what =
           [&](const auto&) { examples_test::write_at(folder / "from", 8 * mebibyte, "more"); }},
      examples_test::slow_copy(folder / "from", folder / "to"));
  CHECK(ending.exit_status == 0);
  CHECK(contains(ending.errors, "was changed while it was copied"));
  CHECK(examples_test::has_content(folder / "to", examples_test::pattern(8 * mebibyte)));
}
