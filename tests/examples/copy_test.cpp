// What a copy is: its content, its holes, its permissions, and where it ends up.

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/examples/files.hpp"
#include "tests/examples/program.hpp"

namespace {

using examples_test::Ending;
using examples_test::Folder;
using Names = std::set<std::string>;

constexpr std::uint64_t mebibyte = 1 << 20;

// Runs a copy that must succeed.
Ending copy(const std::vector<std::string>& arguments, const examples_test::Start& start = {}) {
  Ending ending = examples_test::run(arguments, start);
  CAPTURE(ending.errors);
  REQUIRE(ending.signal == 0);
  REQUIRE(ending.exit_status == 0);
  return ending;
}

std::vector<std::string> modes(const Folder& folder) {
  if (examples_test::has_direct_io(folder)) return {"--auto", "--direct", "--buffered"};
  examples_test::say_skipped("--direct: the file system does not say that it has O_DIRECT");
  return {"--auto", "--buffered"};
}

::mode_t permissions(const std::string& path) {
  return examples_test::status_of(path).st_mode & 07777;
}

}  // namespace

TEST_CASE("files of every size around the alignments are copied in every mode") {
  const Folder folder;
  for (const std::string& mode : modes(folder)) {
    for (const std::size_t size : {0UL, 1UL, 511UL, 512UL, 513UL, 4095UL, 4096UL, 4097UL,
                                   mebibyte - 1, mebibyte, mebibyte + 1}) {
      CAPTURE(mode, size);
      const std::string content = examples_test::pattern(size);
      examples_test::write_file(folder / "from", content);
      copy({mode, folder / "from", folder / "to"});
      CHECK(examples_test::has_content(folder / "to", content));
      CHECK(folder.names() == Names{"from", "to"});
    }
  }
}

TEST_CASE("the data moves through io_submit and no other call") {
  const Folder folder;
  examples_test::write_file(folder / "from", examples_test::pattern(8 * mebibyte));
  for (const std::string& mode : modes(folder)) {
    CAPTURE(mode);
    const Ending ending = copy({mode, folder / "from", folder / "to"});
    if (!ending.transferred) return examples_test::say_skipped("the kernel does not count bytes");
    CHECK(*ending.transferred < mebibyte);  // the loader's and what is printed
    CHECK(*ending.transferred > 0);
  }
}

TEST_CASE("block sizes that are no multiple of anything, and any depth, copy the same bytes") {
  const Folder folder;
  const std::string content = examples_test::pattern(3 * mebibyte + 777);
  examples_test::write_file(folder / "from", content);
  for (const std::string& mode : modes(folder)) {
    for (const auto& [block_size, depth] :
         {std::pair("1000", "64"), std::pair("4097", "1"), std::pair("100001", "3"),
          std::pair("64K", "8"), std::pair("8M", "2")}) {
      CAPTURE(mode, block_size, depth);
      copy({mode, "--block-size", block_size, "--depth", depth, folder / "from", folder / "to"});
      CHECK(examples_test::has_content(folder / "to", content));
    }
  }
}

TEST_CASE("a block size that O_DIRECT cannot use is rounded up, and that is said") {
  const Folder folder;
  if (!examples_test::has_direct_io(folder)) {
    return examples_test::say_skipped("the file system does not say that it has O_DIRECT");
  }
  examples_test::write_file(folder / "from", examples_test::pattern(10'000));
  const Ending direct = copy({"--direct", "--block-size=1", folder / "from", folder / "to"});
  CHECK(direct.output.find("block size rounded up from 1 to ") == 0);
  const Ending buffered = copy({"--buffered", "--block-size=1000", folder / "from", folder / "to"});
  CHECK(buffered.output.find("rounded") == std::string::npos);
}

TEST_CASE("reads that return less than they were asked for are continued") {
  const std::string source = "/sys/kernel/btf/vmlinux";  // sysfs gives a page at a time
  if (::access(source.c_str(), R_OK) != 0)
    return examples_test::say_skipped("there is no " + source);
  const Folder folder;
  copy({source, folder / "to"});
  CHECK(examples_test::has_content(folder / "to", examples_test::read_file(source)));
}

TEST_CASE("holes at the start, in the middle and at the end stay holes") {
  const Folder folder;
  constexpr std::uint64_t size = 8 * mebibyte;
  const std::string from = folder / "from";
  examples_test::make_hole(from, size);
  const bool keeps_holes = examples_test::allocated(from) < mebibyte;
  if (!keeps_holes) return examples_test::say_skipped("the file system keeps no holes");
  for (const std::vector<std::uint64_t>& data :
       std::vector<std::vector<std::uint64_t>>{{},
                                               {0},
                                               {4 * mebibyte},
                                               {size - 65536},
                                               {0, 3 * mebibyte, size - 65536},
                                               {mebibyte, 5 * mebibyte}}) {
    examples_test::make_hole(from, size);
    for (const std::uint64_t offset : data) {
      examples_test::write_at(from, offset, examples_test::pattern(65536));
    }
    for (const std::string& mode : modes(folder)) {
      CAPTURE(mode, data);
      copy({mode, from, folder / "to"});
      CHECK(examples_test::has_content(folder / "to", examples_test::read_file(from)));
      CHECK(examples_test::allocated(folder / "to") <= data.size() * 65536 + 8192);
    }
  }
}

TEST_CASE("a hole up to an end that is no multiple of the alignment keeps the size") {
  const Folder folder;
  examples_test::make_hole(folder / "from", mebibyte + 333);
  examples_test::write_at(folder / "from", 0, "data");
  for (const std::string& mode : modes(folder)) {
    CAPTURE(mode);
    copy({mode, folder / "from", folder / "to"});
    CHECK(examples_test::has_content(folder / "to", examples_test::read_file(folder / "from")));
  }
}

TEST_CASE("the copy has the permissions of its source, whatever the umask") {
  const Folder folder;
  examples_test::write_file(folder / "from", "content");
  for (const ::mode_t mode : {0400U, 0644U, 0755U, 0666U, 0777U}) {
    CAPTURE(mode);
    REQUIRE(::chmod((folder / "from").c_str(), mode) == 0);
    copy({folder / "from", folder / "to"}, {.in_child = [] { ::umask(0077); }});
    CHECK(permissions(folder / "to") == mode);
  }
  // Another user's program must not come to run as the one who copies it.
  REQUIRE(::chmod((folder / "from").c_str(), 04755) == 0);
  copy({folder / "from", folder / "to"});
  CHECK(permissions(folder / "to") == 0755U);
}

TEST_CASE("an existing destination is replaced by a new file") {
  const Folder folder;
  examples_test::write_file(folder / "from", "new");
  examples_test::write_file(folder / "to", "old and longer");
  REQUIRE(::link((folder / "to").c_str(), (folder / "other-name").c_str()) == 0);
  copy({folder / "from", folder / "to"});
  CHECK(examples_test::has_content(folder / "to", "new"));
  CHECK(examples_test::has_content(folder / "other-name", "old and longer"));
  CHECK(folder.names() == Names{"from", "other-name", "to"});
}

TEST_CASE("a copy to a symbolic link replaces the file that it leads to") {
  const Folder folder;
  examples_test::write_file(folder / "from", "new");
  examples_test::write_file(folder / "target", "old");
  REQUIRE(::symlink("target", (folder / "link").c_str()) == 0);
  copy({folder / "from", folder / "link"});
  CHECK(examples_test::has_content(folder / "target", "new"));
  CHECK(std::filesystem::is_symlink(folder / "link"));
}

TEST_CASE("a copy into a folder has its source's name") {
  const Folder folder;
  const Folder other;
  examples_test::write_file(folder / "from", "content");
  copy({folder / "from", other.path()});
  CHECK(examples_test::has_content(other / "from", "content"));
  copy({folder / "from", other.path() + "/"});
  CHECK(other.names() == Names{"from"});
}

TEST_CASE("relative paths begin where the program was started") {
  const Folder folder;
  examples_test::write_file(folder / "from", "content");
  copy({"from", "to"}, {.folder = folder.path()});
  CHECK(examples_test::has_content(folder / "to", "content"));
}

TEST_CASE("under bazel run, relative paths begin where bazel was called") {
  const Folder folder;
  examples_test::write_file(folder / "from", "content");
  copy({"from", "to"}, {.folder = "/", .environment = "BUILD_WORKING_DIRECTORY=" + folder.path()});
  CHECK(examples_test::has_content(folder / "to", "content"));
}

TEST_CASE("in place, the blocks and the identity of the destination stay") {
  const Folder folder;
  const std::string to = folder / "to";
  for (const std::string& mode : modes(folder)) {
    for (const std::size_t size : {1UL, 4096UL, mebibyte, mebibyte + 777}) {
      CAPTURE(mode, size);
      const std::string content = examples_test::pattern(size);
      examples_test::write_file(folder / "from", content);
      examples_test::write_file(to, std::string(size, 'x'));
      REQUIRE(::chmod(to.c_str(), 0600) == 0);
      const struct ::stat before = examples_test::status_of(to);
      copy({mode, "--in-place", folder / "from", to});
      const struct ::stat after = examples_test::status_of(to);
      CHECK(examples_test::has_content(to, content));
      CHECK(after.st_ino == before.st_ino);
      CHECK(after.st_mode == before.st_mode);
      CHECK(after.st_blocks == before.st_blocks);
    }
  }
}

TEST_CASE("in place, a destination of another size gets the size of the source") {
  const Folder folder;
  const std::string content = examples_test::pattern(100'001);
  examples_test::write_file(folder / "from", content);
  for (const std::string& mode : modes(folder)) {
    for (const std::size_t size : {0UL, 1000UL, 100'000UL, 2 * mebibyte}) {
      CAPTURE(mode, size);
      examples_test::write_file(folder / "to", std::string(size, 'x'));
      copy({mode, "--in-place", folder / "from", folder / "to"});
      CHECK(examples_test::has_content(folder / "to", content));
    }
  }
}

TEST_CASE("in place, holes of the source overwrite what the destination had there") {
  const Folder folder;
  examples_test::make_hole(folder / "from", mebibyte);
  examples_test::write_at(folder / "from", 65536, examples_test::pattern(65536));
  examples_test::write_file(folder / "to", std::string(mebibyte, 'x'));
  copy({"--in-place", folder / "from", folder / "to"});
  CHECK(examples_test::has_content(folder / "to", examples_test::read_file(folder / "from")));
}
