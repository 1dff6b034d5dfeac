// What becomes of a process's contexts when it exits, and when it becomes another program.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <linux_aio/raw.hpp>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/direct.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Ending;
using linux_aio::testing::in_child;
using linux_aio::testing::open_direct;
using linux_aio::testing::Page;
using linux_aio::testing::pattern;
using linux_aio::testing::Pipe;
using linux_aio::testing::TemporaryFile;

// Submits in a context that is left to the end of the process. No assertions: for children.
bool submit_and_forget(std::vector<raw::iocb>& requests) {
  raw::aio_context_t context = 0;
  std::vector<raw::iocb*> pointers;
  pointers.reserve(requests.size());
  for (raw::iocb& request : requests) pointers.push_back(&request);
  const auto count = static_cast<long>(requests.size());
  return raw::io_setup(static_cast<unsigned>(count), &context) == 0 &&
         raw::io_submit(context, count, pointers.data()) == count;
}

}  // namespace

TEST_CASE("a process that exits waits for its writes") {
  constexpr std::size_t pages = 64;
  const auto after = pattern(pages * sizeof(Page), 2);
  const TemporaryFile file(pattern(pages * sizeof(Page), 1));
  REQUIRE(::fsync(file.fd()) == 0);
  const auto direct = open_direct(file);
  if (!direct) return;
  std::vector<Page> memory(pages);
  std::memcpy(memory.data(), after.data(), after.size());
  const Ending ending = in_child([&] {
    std::vector<raw::iocb> requests(pages);
    for (std::size_t page = 0; page < pages; ++page) {
      raw::prep_pwrite(requests[page], direct->fd(), memory[page].bytes.data(), sizeof(Page),
                       static_cast<std::int64_t>(page * sizeof(Page)));
    }
    return submit_and_forget(requests) ? 0 : 1;
  });
  REQUIRE(ending.status == 0);
  REQUIRE(file.content() == after);
}

TEST_CASE("a process that becomes another program loses its contexts, and with them its polls") {
  Pipe polled;
  const Pipe control;
  const int polled_end = polled.read_end();
  const auto reader_is_gone = [&polled](int milliseconds) {
    ::pollfd file{.fd = polled.write_end(), .events = 0, .revents = 0};
    return ::poll(&file, 1, milliseconds) == 1 && (file.revents & POLLERR) != 0;
  };
  // The child's poll is the only one that holds the read end, once both have closed it. It tells
  // through `told` when that is so, and through `control` it is told to go on.
  const Pipe told;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(60);
    std::vector<raw::iocb> requests(1);
    raw::prep_poll(requests[0], polled_end, raw::pollin);
    char go = 0;
    if (!submit_and_forget(requests) || ::close(polled_end) != 0 ||
        ::write(told.write_end(), "x", 1) != 1 || ::read(control.read_end(), &go, 1) != 1) {
      ::_exit(1);
    }
    ::execl("/bin/sleep", "sleep", "60", nullptr);
    ::_exit(2);
  }
  polled.close_read_end();
  char ready = 0;
  REQUIRE(::read(told.read_end(), &ready, 1) == 1);
  REQUIRE(!reader_is_gone(0));
  control.feed();
  const bool gone = reader_is_gone(30'000);
  const bool alive = ::kill(child, SIGKILL) == 0;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) REQUIRE(errno == EINTR);
  REQUIRE(gone);
  REQUIRE(alive);
  REQUIRE(WIFSIGNALED(status));
}
