// Which mistakes io_submit refuses, and with which errno.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <linux_aio/raw.hpp>

#include "tests/support/child.hpp"
#include "tests/support/descriptor.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Descriptor;
using linux_aio::testing::Ending;
using linux_aio::testing::first_wrong;
using linux_aio::testing::in_child;
using linux_aio::testing::pattern;
using linux_aio::testing::Pipe;
using linux_aio::testing::RawContext;
using linux_aio::testing::skip;
using linux_aio::testing::TemporaryFile;

constexpr int skipped = 77;  // of a child that cannot do what it is for

class Refusals {
 public:
  [[nodiscard]] raw::iocb read() { return read_of(file_.fd()); }
  [[nodiscard]] raw::iocb read_of(int fd) {
    raw::iocb request{};
    raw::prep_pread(request, fd, memory_.data(), memory_.size(), 0);
    return request;
  }
  [[nodiscard]] raw::iocb write_of(int fd) const {
    raw::iocb request{};
    raw::prep_pwrite(request, fd, memory_.data(), memory_.size(), 0);
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
  const Descriptor write_only(::open(path, O_WRONLY | O_CLOEXEC));
  const Descriptor path_only(::open(path, O_PATH | O_CLOEXEC));
  REQUIRE(refusals.answer_to(refusals.read_of(-1)) == -EBADF);
  REQUIRE(refusals.answer_to(refusals.read_of(write_only.fd())) == -EBADF);
  REQUIRE(refusals.answer_to(refusals.read_of(path_only.fd())) == -EBADF);
  const Descriptor read_only(::open(path, O_RDONLY | O_CLOEXEC));
  REQUIRE(refusals.answer_to(refusals.write_of(read_only.fd())) == -EBADF);
  for (const int fd : {-1, path_only.fd()}) {
    raw::iocb request{};
    raw::prep_fsync(request, fd);
    REQUIRE(refusals.answer_to(request) == -EBADF);
    raw::prep_poll(request, fd, raw::pollin);
    REQUIRE(refusals.answer_to(request) == -EBADF);
  }
}

TEST_CASE("a file that cannot be read so is EINVAL") {
  Refusals refusals;
  for (const char* path : {"/", "/proc/self/maps"}) {
    const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
    REQUIRE(refusals.answer_to(refusals.read_of(file.fd())) == -EINVAL);
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

TEST_CASE("an fsync or poll with anything else set is EINVAL") {
  const Refusals refusals;
  const Pipe pipe;
  raw::iocb request{};
  raw::prep_fsync(request, refusals.file().fd());
  request.aio_nbytes = 1;
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  raw::prep_fdsync(request, refusals.file().fd());
  raw::set_rw_flags(request, raw::rwf_dsync);
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  raw::prep_fsync(request, refusals.file().fd());
  request.aio_offset = 1;
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  raw::prep_fsync(request, refusals.file().fd());
  request.aio_buf = 1;
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  raw::prep_poll(request, pipe.read_end(), 1);
  request.aio_offset = 1;
  REQUIRE(refusals.answer_to(request) == -EINVAL);
  raw::prep_poll(request, pipe.read_end(), 1);
  request.aio_buf = 0x1'0001;
  REQUIRE(refusals.answer_to(request) == -EINVAL);
}

TEST_CASE("an fsync of what has nothing to sync is EINVAL: a pipe, a socket, an eventfd") {
  const Refusals refusals;
  const Pipe pipe;
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Descriptor counter(::eventfd(0, EFD_CLOEXEC));
  for (const int fd : {pipe.write_end(), socket.fd(), counter.fd()}) {
    raw::iocb request{};
    raw::prep_fsync(request, fd);
    REQUIRE(refusals.answer_to(request) == -EINVAL);
    raw::prep_fdsync(request, fd);
    REQUIRE(refusals.answer_to(request) == -EINVAL);
  }
}

TEST_CASE("an eventfd that is closed is EBADF, and one that is no eventfd EINVAL") {
  Refusals refusals;
  raw::iocb request = refusals.read();
  raw::set_eventfd(request, -1);
  REQUIRE(refusals.answer_to(request) == -EBADF);
  raw::set_eventfd(request, refusals.file().fd());
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

TEST_CASE("a buffer in the kernel's half of the memory is EFAULT, alone or as a segment") {
  Refusals refusals;
  raw::iocb request = refusals.read();
  request.aio_buf = std::numeric_limits<std::uintptr_t>::max() - 4095;
  const long answer = refusals.answer_to(request);
  if (answer == 1) return skip("a process may have memory at any address of this processor");
  REQUIRE(answer == -EFAULT);
  // SAFETY: the kernel refuses the address, and nobody else looks at it.
  std::array<::iovec, 1> segments{
      {{.iov_base = reinterpret_cast<void*>(static_cast<std::uintptr_t>(request.aio_buf)),
        .iov_len = 16}}};
  raw::prep_preadv(request, refusals.file().fd(), segments.data(), segments.size(), 0);
  REQUIRE(refusals.answer_to(request) == -EFAULT);
}

TEST_CASE("a flag that file or kernel does not know is EOPNOTSUPP") {
  Refusals refusals;
  raw::iocb request = refusals.read();
  raw::set_rw_flags(request, 1 << 30);
  REQUIRE(refusals.answer_to(request) == -EOPNOTSUPP);
  // Atomic are only writes, and only with O_DIRECT, where the device can.
  for (raw::iocb atomic : {refusals.read(), refusals.write_of(refusals.file().fd())}) {
    raw::set_rw_flags(atomic, raw::rwf_atomic);
    REQUIRE(refusals.answer_to(atomic) == -EOPNOTSUPP);
  }
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

TEST_CASE("the real-time I/O priority without the capability for it is EPERM") {
  const TemporaryFile file(pattern(100));
  std::array<std::byte, 16> memory{};
  const Ending ending = in_child([&] {
    constexpr ::uid_t nobody = 65'534;
    const bool gave_up = ::geteuid() != 0 || ::setresuid(nobody, nobody, nobody) == 0;
    raw::aio_context_t context = 0;
    raw::iocb request{};
    raw::prep_pread(request, file.fd(), memory.data(), memory.size(), 0);
    std::array<raw::iocb*, 1> requests{&request};
    raw::set_ioprio(request, raw::ioprio_prio_value(raw::ioprio_class_rt, 0));
    const bool set_up = raw::io_setup(1, &context) == 0;
    const long real_time = raw::io_submit(context, 1, requests.data());
    if (real_time == 1 && !gave_up) return skipped;
    raw::set_ioprio(request, raw::ioprio_prio_value(raw::ioprio_class_idle, 0));
    return first_wrong(
        {set_up, real_time == -EPERM, raw::io_submit(context, 1, requests.data()) == 1});
  });
  if (ending.status == skipped)
    return skip("this process has the capability, and may not give it up");
  REQUIRE(ending.status == 0);
}
