// io_submit: what it copies, and where it stops.
#include <sys/mman.h>
#include <sys/uio.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstring>
#include <linux_aio/raw.hpp>

#include "tests/support/raw_context.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::pattern;
using linux_aio::testing::Pipe;
using linux_aio::testing::RawContext;
using linux_aio::testing::TemporaryFile;

raw::iocb read_of(int fd, std::array<std::byte, 16>& memory, std::int64_t offset = 0) {
  raw::iocb request{};
  raw::prep_pread(request, fd, memory.data(), memory.size(), offset);
  return request;
}

}  // namespace

TEST_CASE("io_submit stops at the first bad request and tells its error only when it comes first") {
  const RawContext context;
  const TemporaryFile file(pattern(100));
  std::array<std::byte, 16> memory{};
  raw::iocb good = read_of(file.fd(), memory);
  raw::iocb bad = read_of(-1, memory);
  raw::iocb next = read_of(file.fd(), memory);
  next.aio_data = 3;
  REQUIRE(context.submit({&good, &bad, &next}) == 1);
  REQUIRE(context.next_event().res == 16);
  REQUIRE(context.has_no_event());
  REQUIRE(context.submit({&bad, &next}) == -EBADF);
  REQUIRE(context.has_no_event());
  REQUIRE(context.submit({&next}) == 1);
  REQUIRE(context.next_event().data == 3);
}

TEST_CASE("the kernel has copied the request when io_submit returns") {
  const RawContext context;
  const Pipe pipe;
  raw::iocb request{};
  raw::prep_poll(request, pipe.read_end(), 1);
  request.aio_data = 42;
  REQUIRE(context.submit({&request}) == 1);
  std::memset(&request, 0xff, sizeof request);
  pipe.feed();
  const raw::io_event event = context.next_event();
  REQUIRE(event.data == 42);
  REQUIRE(event.obj == raw::address_of(&request));
}

TEST_CASE("the kernel has copied the segments when io_submit returns") {
  const RawContext context;
  const TemporaryFile file(pattern(100));
  std::array<std::byte, 16> memory{};
  std::array<::iovec, 2> segments{
      {{.iov_base = memory.data(), .iov_len = 8}, {.iov_base = memory.data() + 8, .iov_len = 8}}};
  raw::iocb request{};
  raw::prep_preadv(request, file.fd(), segments.data(), segments.size(), 0);
  REQUIRE(context.submit({&request}) == 1);
  segments = {};
  REQUIRE(context.next_event().res == 16);
  REQUIRE(std::memcmp(memory.data(), pattern(100).data(), 16) == 0);
}

TEST_CASE("the kernel writes aio_key, so a request cannot be in read-only memory") {
  const RawContext context;
  const TemporaryFile file(pattern(100));
  std::array<std::byte, 16> memory{};
  raw::iocb request = read_of(file.fd(), memory);
  request.aio_key = 99;
  REQUIRE(context.submit({&request}) == 1);
  REQUIRE(request.aio_key == 0);
  REQUIRE(context.next_event().res == 16);

  void* const page =
      ::mmap(nullptr, sizeof request, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(page != MAP_FAILED);
  std::memcpy(page, &request, sizeof request);
  REQUIRE(::mprotect(page, sizeof request, PROT_READ) == 0);
  REQUIRE(context.submit({static_cast<raw::iocb*>(page)}) == -EFAULT);
  ::munmap(page, sizeof request);
}

TEST_CASE("flags of a request that the kernel does not know are silently accepted") {
  const RawContext context;
  const TemporaryFile file(pattern(100));
  std::array<std::byte, 16> memory{};
  raw::iocb request = read_of(file.fd(), memory);
  request.aio_flags = 1U << 31U;
  REQUIRE(context.result_of(request) == 16);
}

TEST_CASE("the file may be closed once io_submit has returned") {
  const RawContext context;
  raw::iocb request{};
  {
    const Pipe pipe;
    pipe.feed();
    raw::prep_poll(request, pipe.read_end(), 1);
    REQUIRE(context.submit({&request}) == 1);
  }
  REQUIRE((context.next_event().res & 1) == 1);
}
