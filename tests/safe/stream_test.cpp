// Pipes, FIFOs and sockets: io_submit would wait for their other side, and never does.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <string>

#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

int code_of_read(aio::Context& context, aio::BorrowedFd fd) {
  auto [done] = context.run(aio::read(fd).into(Bytes(10)));
  return done.result ? 0 : done.result.error().code();
}

// A FIFO in a file system, gone with the object.
class Fifo {
 public:
  Fifo() : path_(temporary_folder() + "/fifo." + std::to_string(::getpid())) {
    REQUIRE(::mkfifo(path_.c_str(), 0600) == 0);
  }
  Fifo(const Fifo&) = delete;
  Fifo& operator=(const Fifo&) = delete;
  ~Fifo() { ::unlink(path_.c_str()); }

  // For reading and writing, so that opening waits for nobody.
  [[nodiscard]] aio::File open(bool non_blocking) const {
    return must(
        aio::File::open(path_.c_str(), aio::Access::read_write, {.non_blocking = non_blocking}));
  }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("a read of an empty pipe or socket is EAGAIN, with O_NONBLOCK and without") {
  aio::Context context = make_context();
  for (const int flags : {0, O_NONBLOCK}) {
    const Pipe pipe(flags);
    const aio::BorrowedFd end(pipe.read_end());
    REQUIRE(end.may_block() == (flags == 0));
    REQUIRE(code_of_read(context, end) == EAGAIN);
    pipe.feed();
    REQUIRE(code_of_read(context, end) == 0);
  }
  for (const int flags : {0, int{SOCK_NONBLOCK}}) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | flags, 0, ends.data()) == 0);
    const aio::File reader(ends[0]);
    const aio::File writer(ends[1]);
    REQUIRE(code_of_read(context, reader) == EAGAIN);
    auto [sent] = context.run(aio::write(writer).from(pattern(10)));
    REQUIRE(must(sent.result) == 10);
    REQUIRE(code_of_read(context, reader) == 0);
  }
}

TEST_CASE("a write to a pipe takes what there is room for, and then is EAGAIN") {
  const Pipe pipe;
  aio::Context context = make_context();
  const aio::BorrowedFd end(pipe.write_end());
  auto [first] = context.run(aio::write(end).from(Bytes(std::size_t{1} << 22)));
  REQUIRE(must(first.result) < std::size_t{1} << 22);
  auto [second] = context.run(aio::write(end).from(Bytes(std::size_t{1} << 16)));
  REQUIRE(second.result.error().code() == EAGAIN);
}

TEST_CASE("an empty FIFO refuses a read rather than to hang; opened non-blocking it is EAGAIN") {
  const Fifo fifo;
  aio::Context context = make_context();
  const aio::File blocking = fifo.open(false);
  const int code = code_of_read(context, blocking);
  REQUIRE((code == EOPNOTSUPP || code == EAGAIN));  // which of them is the kernel's to say

  const aio::File file = fifo.open(true);
  REQUIRE(code_of_read(context, file) == EAGAIN);
  auto [sent] = context.run(aio::write(file).from(pattern(10)));
  REQUIRE(must(sent.result) == 10);
  auto [received] = context.run(aio::read(file).into(Bytes(10)));
  REQUIRE(copy_of(received.bytes()) == pattern(10));
}

TEST_CASE("regular files, directories and devices are not taken for streams") {
  const TemporaryFile file;
  REQUIRE(!borrowed(file).may_block());
  for (const char* const path : {"/", "/dev/null", "/dev/zero"}) {
    const aio::File opened = must(aio::File::open(path, aio::Access::read_only));
    REQUIRE(!static_cast<aio::BorrowedFd>(opened).may_block());
  }
  REQUIRE(!aio::BorrowedFd(-1).may_block());
}
