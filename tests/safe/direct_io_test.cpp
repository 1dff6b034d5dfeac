// The alignment of O_DIRECT, where the kernel tells it and where it does not.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <linux_aio/aligned_buffer.hpp>
#include <linux_aio/file.hpp>
#include <optional>
#include <string>

#include "tests/support/child.hpp"
#include "tests/support/interposed_statx.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

// `file` opened again with O_DIRECT, if its file system has that.
std::optional<aio::File> open_direct(const TemporaryFile& file) {
  auto opened = aio::File::open(file.path().c_str(), aio::Access::read_only, {.direct = true});
  if (opened) return std::move(*opened);
  REQUIRE(opened.error().code() == EINVAL);
  skip("the file system of " + temporary_folder() + " has no O_DIRECT");
  return std::nullopt;
}

void require_direct_read(const aio::File& file, const aio::DirectIo& direct) {
  const std::size_t length = direct.offset_alignment;
  aio::AlignedBuffer buffer = must(aio::AlignedBuffer::allocate(length, direct));
  aio::Context context = make_context();
  auto [done] = context.run(aio::read(file).into(std::move(buffer)).at(length));
  REQUIRE(must(done.result) == length);
  REQUIRE(copy_of(done.bytes()) == part_of(pattern(8192), length, length));
}

// A block device that may be opened here, and what sysfs says is its logical block size.
struct BlockDevice {
  aio::File file;
  std::uint32_t logical_block_size;
};

std::optional<BlockDevice> any_block_device() {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/class/block", none)) {
    std::ifstream size(entry.path() / "queue/logical_block_size");
    std::uint32_t logical_block_size = 0;
    if (!(size >> logical_block_size)) continue;  // a partition
    const std::string path = "/dev/" + entry.path().filename().string();
    auto opened = aio::File::open(path.c_str(), aio::Access::read_only);
    if (opened) return BlockDevice{std::move(*opened), logical_block_size};
  }
  skip("there is no block device that may be opened");
  return std::nullopt;
}

}  // namespace

static_assert(aio::DirectIo{4, 512}.round_up(0U) == 0);
static_assert(aio::DirectIo{4, 512}.round_up(1U) == 512);
static_assert(aio::DirectIo{4, 512}.round_up(100) == 512);
static_assert(aio::DirectIo{4, 512}.round_up(std::int64_t{513}) == 1024);
static_assert(aio::DirectIo{4, 512}.round_up(std::numeric_limits<int>::max()) == 1U << 31U);
static_assert(aio::DirectIo{4, 512}.round_up(std::uint64_t{512}) == 512);
static_assert(aio::DirectIo{4, 512}.round_up(513UL) == 1024);
static_assert(aio::DirectIo{4, 1}.round_up(513UL) == 513);
static_assert(aio::DirectIo{4, 512}.round_up(std::numeric_limits<std::uint64_t>::max()) == 0);
static_assert(!aio::DirectIo{4, 512}.reported);

TEST_CASE("a negative size is rounded up to nothing, and ends the program") {
  const Ending ending = in_child([] { return aio::DirectIo{4, 512}.round_up(-1) == 0 ? 0 : 1; });
  REQUIRE(ending.signal == SIGABRT);
  REQUIRE(ending.output == "linux_aio: DirectIo::round_up() of a negative size\n");
}

TEST_CASE("direct_io tells powers of two with which O_DIRECT reads") {
  const TemporaryFile content(pattern(8192));
  const auto file = open_direct(content);
  if (!file) return;
  REQUIRE((::fcntl(file->number(), F_GETFL) & O_DIRECT) != 0);
  const aio::DirectIo direct = must(file->direct_io());
  REQUIRE(std::has_single_bit(direct.memory_alignment));
  REQUIRE(std::has_single_bit(direct.offset_alignment));
  REQUIRE(direct.offset_alignment <= 4096);
  require_direct_read(*file, direct);
  if (!direct.reported) skip("the kernel does not say what alignment O_DIRECT needs here");
}

TEST_CASE(
    "where the kernel does not say, direct_io tells what is enough, and that nobody said so") {
  const TemporaryFile content(pattern(8192));
  const auto file = open_direct(content);
  if (!file) return;
  const InterposedStatx before_linux_6_1(no_direct_io_alignment);
  const aio::DirectIo direct = must(file->direct_io());
  REQUIRE(!direct.reported);
  REQUIRE(direct.memory_alignment == 4096);
  REQUIRE(direct.offset_alignment == 4096);
  require_direct_read(*file, direct);
}

TEST_CASE("a file system that does not say is treated as a kernel that does not") {
  const aio::File file(::memfd_create("direct_io_test", MFD_CLOEXEC));
  const aio::DirectIo direct = must(file.direct_io());
  if (direct.reported) return skip("here tmpfs says what O_DIRECT needs");
  REQUIRE(direct.memory_alignment == 4096);
  REQUIRE(direct.offset_alignment == 4096);
}

TEST_CASE("a block device that does not say needs multiples of its logical block size") {
  const auto device = any_block_device();
  if (!device) return;
  const InterposedStatx before_linux_6_1(no_direct_io_alignment);
  const aio::DirectIo direct = must(device->file.direct_io());
  REQUIRE(!direct.reported);
  REQUIRE(direct.memory_alignment == device->logical_block_size);
  REQUIRE(direct.offset_alignment == device->logical_block_size);
}

TEST_CASE("direct_io of a pipe, a folder or a character device is EOPNOTSUPP") {
  const Pipe pipe;
  const auto require_none = [](int fd) {
    const aio::File file(fd);
    const auto direct = file.direct_io();
    REQUIRE(!direct);
    REQUIRE(direct.error() == aio::Error(aio::Call::statx, EOPNOTSUPP));
    REQUIRE(direct.error().message().find("no direct I/O") != std::string::npos);
  };
  require_none(::dup(pipe.read_end()));
  require_none(::open(temporary_folder().c_str(), O_RDONLY | O_CLOEXEC));
  require_none(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}
