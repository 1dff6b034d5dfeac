#include "examples/copy/extents.hpp"

#include <catch2/catch_all.hpp>
#include <linux_aio/file.hpp>
#include <string>
#include <vector>

#include "tests/examples/files.hpp"

namespace {

using copy::Extent;
using examples_test::Folder;
using Extents = std::vector<Extent>;

constexpr std::uint64_t mebibyte = 1 << 20;

Extents extents_of(const std::string& path, std::uint64_t size) {
  const auto file = linux_aio::File::open(path.c_str(), linux_aio::Access::read_only);
  REQUIRE(file.has_value());
  const auto extents = copy::data_extents(*file, size);
  REQUIRE(extents.has_value());
  return *extents;
}

// A file of 4 MiB with data at the given offsets; nothing where the file system keeps no holes.
std::string sparse_file(const Folder& folder, const std::vector<std::uint64_t>& offsets) {
  std::string path = folder / "sparse";
  examples_test::make_hole(path, 4 * mebibyte);
  for (const std::uint64_t offset : offsets) {
    examples_test::write_at(path, offset, examples_test::pattern(65536));
  }
  return path;
}

Extents blocks_of(const Extents& extents, std::size_t block_size) {
  copy::BlockCutter cutter(extents, block_size);
  Extents blocks;
  while (!cutter.empty()) blocks.push_back(cutter.next());
  return blocks;
}

}  // namespace

template <>
struct Catch::StringMaker<Extent> {
  static std::string convert(const Extent& extent) {
    return "[" + std::to_string(extent.begin) + ", " + std::to_string(extent.end) + ")";
  }
};

TEST_CASE("a file without holes is one extent up to its size") {
  const Folder folder;
  examples_test::write_file(folder / "full", examples_test::pattern(10'000));
  CHECK(extents_of(folder / "full", 10'000) == Extents{{0, 10'000}});
}

TEST_CASE("an empty file and a file that is one hole have no extents") {
  const Folder folder;
  examples_test::make_hole(folder / "empty", 0);
  CHECK(extents_of(folder / "empty", 0).empty());
  examples_test::make_hole(folder / "hole", mebibyte);
  CHECK(extents_of(folder / "hole", mebibyte).empty());
}

TEST_CASE("holes at the start, in the middle and at the end are left out") {
  const Folder folder;
  const std::string path = sparse_file(folder, {mebibyte, 3 * mebibyte});
  CHECK(extents_of(path, 4 * mebibyte) ==
        Extents{{mebibyte, mebibyte + 65536}, {3 * mebibyte, 3 * mebibyte + 65536}});
}

TEST_CASE("data at both ends is found") {
  const Folder folder;
  const std::string path = sparse_file(folder, {0, 4 * mebibyte - 65536});
  CHECK(extents_of(path, 4 * mebibyte) ==
        Extents{{0, 65536}, {4 * mebibyte - 65536, 4 * mebibyte}});
}

TEST_CASE("what a file has beyond the size asked for is left out") {
  const Folder folder;
  const std::string path = sparse_file(folder, {0, 2 * mebibyte});
  CHECK(extents_of(path, 1000) == Extents{{0, 1000}});
  CHECK(extents_of(path, 2 * mebibyte) == Extents{{0, 65536}});
  CHECK(extents_of(path, mebibyte) == Extents{{0, 65536}});
}

TEST_CASE("a file that has become shorter ends where it ends") {
  const Folder folder;
  examples_test::write_file(folder / "short", examples_test::pattern(4096));
  CHECK(extents_of(folder / "short", mebibyte) == Extents{{0, 4096}});
}

TEST_CASE("a descriptor that cannot seek fails with its errno") {
  const auto extents = copy::data_extents(linux_aio::BorrowedFd(-1), 1);
  REQUIRE_FALSE(extents.has_value());
  CHECK(extents.error() == EBADF);
}

TEST_CASE("aligning moves both ends outwards") {
  CHECK(copy::align_extents(Extents{{100, 1500}}, 512) == Extents{{0, 1536}});
  CHECK(copy::align_extents(Extents{{512, 1024}}, 512) == Extents{{512, 1024}});
  CHECK(copy::align_extents(Extents{{3, 7}, {9, 10}}, 1) == Extents{{3, 7}, {9, 10}});
  CHECK(copy::align_extents(Extents{}, 512).empty());
}

TEST_CASE("extents that touch or overlap once they are aligned become one") {
  CHECK(copy::align_extents(Extents{{0, 600}, {700, 800}, {3000, 3001}}, 512) ==
        Extents{{0, 1024}, {2560, 3072}});
  CHECK(copy::align_extents(Extents{{0, 500}, {520, 530}}, 512) == Extents{{0, 1024}});
}

TEST_CASE("only the bytes of the file count, not what the alignment adds") {
  CHECK(copy::bytes_in(Extents{{0, 512}, {1024, 2048}}, 10'000) == 1536);
  CHECK(copy::bytes_in(Extents{{0, 512}, {1024, 2048}}, 1500) == 988);
  CHECK(copy::bytes_in(Extents{{1024, 2048}}, 1000) == 0);
  CHECK(copy::bytes_in(Extents{}, 1000) == 0);
}

TEST_CASE("an extent is cut into blocks of which only the last is shorter") {
  CHECK(blocks_of({{0, 300}}, 100) == Extents{{0, 100}, {100, 200}, {200, 300}});
  CHECK(blocks_of({{50, 300}}, 100) == Extents{{50, 150}, {150, 250}, {250, 300}});
  CHECK(blocks_of({{50, 60}}, 100) == Extents{{50, 60}});
}

TEST_CASE("no block reaches over a hole") {
  CHECK(blocks_of({{0, 150}, {200, 250}, {1000, 1100}}, 100) ==
        Extents{{0, 100}, {100, 150}, {200, 250}, {1000, 1100}});
  CHECK(blocks_of({}, 100).empty());
}

TEST_CASE("rounding goes to the multiples on either side") {
  CHECK(copy::align_up(0, 512) == 0);
  CHECK(copy::align_up(1, 512) == 512);
  CHECK(copy::align_up(512, 512) == 512);
  CHECK(copy::align_down(511, 512) == 0);
  CHECK(copy::align_down(1023, 512) == 512);
}
