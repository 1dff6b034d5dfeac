// The second error channel: what a request that was accepted reports as its result.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <linux_aio/raw.hpp>
#include <memory>

#include "tests/support/raw_context.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::pattern;
using linux_aio::testing::Pipe;
using linux_aio::testing::RawContext;
using linux_aio::testing::skip;
using linux_aio::testing::temporary_folder;
using linux_aio::testing::TemporaryFile;

}  // namespace

TEST_CASE("memory that is not mapped is the result EFAULT") {
  const RawContext context;
  const TemporaryFile file(pattern(100));
  void* const page = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(page != MAP_FAILED);
  raw::iocb request{};
  raw::prep_pread(request, file.fd(), page, 100, 0);
  REQUIRE(context.result_of(request) == -EFAULT);
  ::munmap(page, 4096);
}

TEST_CASE("misaligned O_DIRECT is the result EINVAL") {
  const RawContext context;
  const TemporaryFile file(pattern(8192));
  const int fd = ::open(file.path().c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
  if (fd < 0) {
    skip("the file system of " + temporary_folder() + " has no O_DIRECT");
    return;
  }
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(4096, 8192),
                                                           &std::free);
  auto* const bytes = static_cast<std::byte*>(memory.get());
  raw::iocb request{};
  raw::prep_pread(request, fd, bytes, 4096, 4096);
  REQUIRE(context.result_of(request) == 4096);
  raw::prep_pread(request, fd, bytes, 4096, 1);
  REQUIRE(context.result_of(request) == -EINVAL);
  raw::prep_pread(request, fd, bytes, 100, 0);
  REQUIRE(context.result_of(request) == -EINVAL);
  raw::prep_pread(request, fd, bytes + 1, 4096, 0);
  REQUIRE(context.result_of(request) == -EINVAL);
  ::close(fd);
}

TEST_CASE("a read that would block is the result EAGAIN, with RWF_NOWAIT or O_NONBLOCK") {
  const RawContext context;
  std::array<std::byte, 16> memory{};
  raw::iocb request{};
  const Pipe blocking;
  raw::prep_pread(request, blocking.read_end(), memory.data(), memory.size(), 0);
  raw::set_rw_flags(request, raw::rwf_nowait);
  REQUIRE(context.result_of(request) == -EAGAIN);
  const Pipe other(O_NONBLOCK);
  raw::prep_pread(request, other.read_end(), memory.data(), memory.size(), 0);
  REQUIRE(context.result_of(request) == -EAGAIN);
}

TEST_CASE("an offset in a socket is the result ESPIPE") {
  const RawContext context;
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  std::array<std::byte, 16> memory{};
  raw::iocb request{};
  raw::prep_pwrite(request, ends[0], memory.data(), memory.size(), 0);
  REQUIRE(context.result_of(request) == 16);
  raw::prep_pread(request, ends[1], memory.data(), memory.size(), 1);
  REQUIRE(context.result_of(request) == -ESPIPE);
  for (const int end : ends) ::close(end);
}

TEST_CASE("a write to a pipe that nobody reads is the result EPIPE") {
  std::signal(SIGPIPE, SIG_IGN);
  const RawContext context;
  Pipe pipe;
  pipe.close_read_end();
  std::array<std::byte, 16> memory{};
  raw::iocb request{};
  raw::prep_pwrite(request, pipe.write_end(), memory.data(), memory.size(), 0);
  REQUIRE(context.result_of(request) == -EPIPE);
}

TEST_CASE("one request transfers no more than 2147479552 bytes") {
  if constexpr (sizeof(std::size_t) < 8) {
    skip("a 32-bit process has no room for more");
    return;
  }
  const RawContext context;
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  constexpr std::size_t three_gigabytes = std::size_t{3} << 30U;
  void* const memory = ::mmap(nullptr, three_gigabytes, PROT_READ,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  raw::iocb request{};
  raw::prep_pwrite(request, null, memory, three_gigabytes, 0);
  REQUIRE(context.result_of(request) == 2'147'479'552);
  ::munmap(memory, three_gigabytes);
  ::close(null);
}
