// Which mistakes io_submit refuses, and with which errno.
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <linux_aio/raw.hpp>

#include "tests/support/raw_context.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::pattern;
using linux_aio::testing::Pipe;
using linux_aio::testing::RawContext;
using linux_aio::testing::TemporaryFile;

class Refusals {
 public:
  [[nodiscard]] raw::iocb read() { return read_of(file_.fd()); }
  [[nodiscard]] raw::iocb read_of(int fd) {
    raw::iocb request{};
    raw::prep_pread(request, fd, memory_.data(), memory_.size(), 0);
    return request;
  }
  [[nodiscard]] long answer_to(raw::iocb request) const { return context_.submit({&request}); }
  [[nodiscard]] const TemporaryFile& file() const { return file_; }

 private:
  RawContext context_;
  TemporaryFile file_{pattern(100)};
  std::array<std::byte, 16> memory_{};
};

}  // namespace

TEST_CASE("a file that is closed, O_PATH or open for something else is EBADF") {
  Refusals refusals;
  const char* const path = refusals.file().path().c_str();
  const int write_only = ::open(path, O_WRONLY | O_CLOEXEC);
  const int path_only = ::open(path, O_PATH | O_CLOEXEC);
  REQUIRE(refusals.answer_to(refusals.read_of(-1)) == -EBADF);
  REQUIRE(refusals.answer_to(refusals.read_of(write_only)) == -EBADF);
  REQUIRE(refusals.answer_to(refusals.read_of(path_only)) == -EBADF);
  ::close(write_only);
  ::close(path_only);
}

TEST_CASE("a file that cannot be read so is EINVAL") {
  Refusals refusals;
  for (const char* path : {"/", "/proc/self/maps"}) {
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    REQUIRE(fd >= 0);
    REQUIRE(refusals.answer_to(refusals.read_of(fd)) == -EINVAL);
    ::close(fd);
  }
}

TEST_CASE("numbers that no request may have are EINVAL") {
  Refusals refusals;
  raw::iocb request = refusals.read();
  request.aio_offset = -1;
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  request = refusals.read();
  request.aio_reserved2 = 1;
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  request = refusals.read();
  request.aio_nbytes = std::uint64_t{1} << 63U;
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  for (const std::uint16_t opcode : std::array<std::uint16_t, 4>{4, 6, 9, 0xffff}) {
    request = refusals.read();
    request.aio_lio_opcode = opcode;
    REQUIRE(refusals.answer_to(request) == -EINVAL);
  }
}

TEST_CASE("an fsync or poll with anything else set is EINVAL, as is an fsync of a pipe") {
  const Refusals refusals;
  const Pipe pipe;
  raw::iocb request{};
  raw::prep_fsync(request, refusals.file().fd());
  request.aio_nbytes = 1;
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  raw::prep_fdsync(request, refusals.file().fd());
  raw::set_rw_flags(request, raw::rwf_dsync);
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  raw::prep_fsync(request, pipe.write_end());
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  raw::prep_poll(request, pipe.read_end(), 1);
  request.aio_offset = 1;
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  raw::prep_poll(request, pipe.read_end(), 1);
  request.aio_buf = 0x1'0001;
  REQUIRE(refusals.answer_to(request) == -EINVAL);
}

TEST_CASE("more than 1024 segments are EINVAL, and segments that cannot be read EFAULT") {
  const Refusals refusals;
  std::array<::iovec, 1025> segments{};
  raw::iocb request{};
  raw::prep_preadv(request, refusals.file().fd(), segments.data(), segments.size(), 0);
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  raw::prep_preadv(request, refusals.file().fd(), nullptr, 1, 0);
  REQUIRE(refusals.answer_to(request) == -EFAULT);
}

TEST_CASE("a buffer in the kernel's half of the memory is EFAULT") {
  Refusals refusals;
  raw::iocb request = refusals.read();
  request.aio_buf = std::numeric_limits<std::uintptr_t>::max() - 4095;
  REQUIRE(refusals.answer_to(request) == -EFAULT);
}

TEST_CASE("a flag that file or kernel does not know is EOPNOTSUPP") {
  Refusals refusals;
  raw::iocb request = refusals.read();
  raw::set_rw_flags(request, 1 << 30);
  REQUIRE(refusals.answer_to(request) == -EOPNOTSUPP);
}

TEST_CASE("an I/O priority that does not exist is EINVAL") {
  Refusals refusals;
  for (const std::uint16_t value :
       {raw::ioprio_prio_value(0, 1), raw::ioprio_prio_value(4, 0), raw::ioprio_prio_value(7, 0)}) {
    raw::iocb request = refusals.read();
    raw::set_ioprio(request, value);
    REQUIRE(refusals.answer_to(request) == -EINVAL);
  }
}
