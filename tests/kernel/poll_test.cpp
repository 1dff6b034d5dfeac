// IOCB_CMD_POLL: which files it takes, what it waits for, and what it says.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <linux_aio/raw.hpp>
#include <string>

#include "tests/support/descriptor.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Descriptor;
using linux_aio::testing::pattern;
using linux_aio::testing::Pipe;
using linux_aio::testing::RawContext;
using linux_aio::testing::skip;
using linux_aio::testing::temporary_folder;
using linux_aio::testing::TemporaryFile;

raw::iocb poll_of(int fd, std::uint16_t events = raw::pollin) {
  raw::iocb request{};
  raw::prep_poll(request, fd, events);
  return request;
}

// Polls `fd` for input, which is not there until `make_ready` has been called.
template <class Action>
void require_pollable(int fd, const Action& make_ready) {
  const RawContext context;
  raw::iocb request = poll_of(fd);
  REQUIRE(context.submit({&request}) == 1);
  REQUIRE(context.has_no_event());
  make_ready();
  REQUIRE((context.next_event().res & raw::pollin) == raw::pollin);
}

}  // namespace

TEST_CASE("a poll is for once") {
  const RawContext context;
  const Pipe pipe;
  raw::iocb request = poll_of(pipe.read_end());
  REQUIRE(context.submit({&request}) == 1);
  pipe.feed();
  REQUIRE((context.next_event().res & raw::pollin) == raw::pollin);
  pipe.feed();
  REQUIRE(context.has_no_event());
}

TEST_CASE("a poll of what is ready is complete when io_submit returns, with what was asked for") {
  const RawContext context;
  const Pipe pipe;
  pipe.feed();
  raw::iocb request = poll_of(pipe.read_end());
  REQUIRE(context.submit({&request}) == 1);
  raw::io_event event{};
  raw::getevents_timespec none{};
  REQUIRE(raw::io_getevents(context.handle(), 0, 1, &event, &none) == 1);
  REQUIRE(event.res == raw::pollin);
  REQUIRE(event.res2 == 0);
}

TEST_CASE("errors and hang-ups need not be asked for") {
  const RawContext context;
  Pipe unread;
  raw::iocb error = poll_of(unread.write_end(), 0);
  REQUIRE(context.submit({&error}) == 1);
  REQUIRE(context.has_no_event());
  unread.close_read_end();
  REQUIRE((context.next_event().res & raw::pollerr) == raw::pollerr);

  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const Descriptor reader(ends[0]);
  Descriptor writer(ends[1]);
  raw::iocb hang_up = poll_of(reader.fd(), 0);
  REQUIRE(context.submit({&hang_up}) == 1);
  writer.close();
  REQUIRE((context.next_event().res & raw::pollhup) == raw::pollhup);
}

TEST_CASE(
    "a poll holds its file: closing the descriptor completes nothing, and events still come") {
  const RawContext context;
  Pipe pipe;
  raw::iocb request = poll_of(pipe.read_end());
  REQUIRE(context.submit({&request}) == 1);
  pipe.close_read_end();
  REQUIRE(context.has_no_event());
  pipe.feed();  // would be EPIPE if the read end were gone
  REQUIRE((context.next_event().res & raw::pollin) == raw::pollin);
}

TEST_CASE("a file with two wait queues is EINVAL unless it is ready: a FIFO for both, a terminal") {
  const RawContext context;
  const std::string path = temporary_folder() + "/poll_" + std::to_string(::getpid());
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const Descriptor fifo(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  ::unlink(path.c_str());
  const Descriptor terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  raw::iocb of_fifo = poll_of(fifo.fd());
  raw::iocb of_terminal = poll_of(terminal.fd());
  const long submitted = context.submit({&of_fifo});
  if (submitted == 1) return skip("this kernel polls files with two wait queues");
  REQUIRE(submitted == -EINVAL);
  REQUIRE(context.submit({&of_terminal}) == -EINVAL);
  REQUIRE(::write(fifo.fd(), "x", 1) == 1);
  REQUIRE(context.result_of(of_fifo) == raw::pollin);
}

TEST_CASE("a regular file is ready at once for input and output, and for anything else EINVAL") {
  const RawContext context;
  const TemporaryFile file(pattern(1));
  for (const std::uint16_t events : {raw::pollin, raw::pollout}) {
    raw::iocb request = poll_of(file.fd(), events);
    REQUIRE(context.result_of(request) == events);
  }
  raw::iocb request = poll_of(file.fd(), raw::pollpri);
  REQUIRE(context.submit({&request}) == -EINVAL);
}

TEST_CASE("sockets and pipes can be polled") {
  const Pipe pipe;
  require_pollable(pipe.read_end(), [&] { pipe.feed(); });
  for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) == 0);
    const Descriptor reader(ends[0]);
    const Descriptor writer(ends[1]);
    require_pollable(reader.fd(), [&] { REQUIRE(::write(writer.fd(), "x", 1) == 1); });
  }
  const Descriptor udp(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<::sockaddr*>(&address);
  REQUIRE(::bind(udp.fd(), generic, length) == 0);
  REQUIRE(::getsockname(udp.fd(), generic, &length) == 0);
  require_pollable(udp.fd(), [&] { REQUIRE(::sendto(udp.fd(), "x", 1, 0, generic, length) == 1); });
}

TEST_CASE("eventfd, timerfd, inotify and epoll can be polled") {
  const Descriptor counter(::eventfd(0, EFD_CLOEXEC));
  const auto count = [&] { REQUIRE(::eventfd_write(counter.fd(), 1) == 0); };
  require_pollable(counter.fd(), count);

  std::uint64_t counted = 0;
  REQUIRE(::read(counter.fd(), &counted, sizeof counted) == sizeof counted);
  const Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  ::epoll_event interest{};
  interest.events = EPOLLIN;
  REQUIRE(::epoll_ctl(epoll.fd(), EPOLL_CTL_ADD, counter.fd(), &interest) == 0);
  require_pollable(epoll.fd(), count);

  const Descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  require_pollable(timer.fd(), [&] {
    const ::itimerspec soon{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 1}};
    REQUIRE(::timerfd_settime(timer.fd(), 0, &soon, nullptr) == 0);
  });

  const TemporaryFile file(pattern(1));
  const Descriptor watch(::inotify_init1(IN_CLOEXEC));
  REQUIRE(::inotify_add_watch(watch.fd(), file.path().c_str(), IN_MODIFY) >= 0);
  require_pollable(watch.fd(), [&] { REQUIRE(::pwrite(file.fd(), "x", 1, 0) == 1); });
}

// The kernel looks at a file that wakes a poll without saying why from a thread of its own, and a
// signalfd shows whoever looks his own signals: none.
TEST_CASE("a poll of a signalfd sees what is pending when it is submitted, and misses what comes") {
  ::sigset_t signals{};
  ::sigset_t before{};
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGUSR1);
  REQUIRE(::sigprocmask(SIG_BLOCK, &signals, &before) == 0);
  const RawContext context;
  const Descriptor file(::signalfd(-1, &signals, SFD_CLOEXEC));
  raw::iocb waiting = poll_of(file.fd());
  raw::iocb ready = poll_of(file.fd());
  REQUIRE(context.submit({&waiting}) == 1);
  REQUIRE(context.has_no_event());
  REQUIRE(::kill(::getpid(), SIGUSR1) == 0);
  REQUIRE(context.submit({&ready}) == 1);
  const raw::io_event event = context.next_event();
  REQUIRE((event.res & raw::pollin) == raw::pollin);
  raw::io_event late{};
  raw::getevents_timespec moment{.tv_sec = 0, .tv_nsec = 100'000'000};
  if (raw::io_getevents(context.handle(), 1, 1, &late, &moment) != 0) {
    skip("this kernel tells a waiting poll of the signal");
  } else {
    REQUIRE(event.obj == raw::address_of(&ready));
  }
  ::signalfd_siginfo taken{};
  REQUIRE(::read(file.fd(), &taken, sizeof taken) == sizeof taken);
  REQUIRE(::sigprocmask(SIG_SETMASK, &before, nullptr) == 0);
}

TEST_CASE("a pidfd can be polled for the end of its process") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(60);
    for (;;) ::pause();
  }
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  const auto end = [child] { ::kill(child, SIGKILL); };
  if (descriptor < 0) {
    skip("no pidfd_open, which is in Linux since 5.3");
    end();
  } else {
    const Descriptor process(descriptor);
    require_pollable(process.fd(), end);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
}
