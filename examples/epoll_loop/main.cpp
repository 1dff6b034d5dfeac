// epoll_loop: prints what is added to a file, as tail -f does. One epoll waits for a timer, for
// signals, and through an eventfd for the requests of a context.

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <linux_aio/linux_aio.hpp>
#include <span>
#include <string>

#include "examples/support/command_line.hpp"

namespace {

namespace aio = linux_aio;

constexpr const char* help = R"(Usage: epoll_loop [OPTION]... FILE

Prints FILE, and then what is added to it, as tail -f does, until SIGINT
(Ctrl-C) or SIGTERM.

  --interval N  milliseconds between looks at the file (default 100)
  -h, --help    show this help
)";

constexpr std::size_t block_size = 65536;

aio::File descriptor_or_die(int descriptor, const char* what) {
  if (descriptor < 0) support::die(std::string(what) + ": " + std::strerror(errno));
  return aio::File(descriptor);
}

aio::File make_timer(std::size_t milliseconds) {
  aio::File timer = descriptor_or_die(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                                      "timerfd_create");
  const ::timespec interval{.tv_sec = static_cast<::time_t>(milliseconds / 1000),
                            .tv_nsec = static_cast<long>(milliseconds % 1000) * 1'000'000};
  const ::itimerspec times{.it_interval = interval, .it_value = {.tv_sec = 0, .tv_nsec = 1}};
  ::timerfd_settime(timer.number(), 0, &times, nullptr);
  return timer;
}

aio::File catch_signals() {
  ::sigset_t signals{};
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) ::sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return descriptor_or_die(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd");
}

// Prints the file from where it has come to, a block after the other.
class Follower {
 public:
  Follower(aio::Context& context, const aio::EventFd& completed, const aio::File& file)
      : context_(context),
        completed_(completed),
        file_(file),
        buffer_(support::value_or_die(aio::AlignedBuffer::allocate(block_size), "memory")) {}

  /// Begins to read what there is, unless that is already under way.
  void look() {
    if (reading_ || stopped_) return;
    reading_ = true;
    const auto accepted =
        context_.submit(aio::read(file_).into(std::move(buffer_)).at(offset_).notify(completed_),
                        [this](auto done) { on_read(std::move(done)); });
    if (!accepted) support::die(accepted.error().error.message());
  }

  /// Reads no more than what it has begun to read.
  void stop() { stopped_ = true; }

 private:
  void on_read(aio::ReadCompletion<aio::AlignedBuffer> done) {
    reading_ = false;
    if (!done.result) support::die(done.result.error().message());
    std::fwrite(done.bytes().data(), 1, done.bytes().size(), stdout);
    std::fflush(stdout);
    offset_ += *done.result;
    buffer_ = std::move(done.buffer);
    if (*done.result == block_size) look();  // there may be more
  }

  aio::Context& context_;
  const aio::EventFd& completed_;
  const aio::File& file_;
  aio::AlignedBuffer buffer_;
  std::uint64_t offset_ = 0;
  bool reading_ = false;
  bool stopped_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  support::CommandLine arguments(argc, argv, "epoll_loop", help);
  const std::size_t interval = arguments.number("--interval", 100, 86'400'000);
  const std::string path = arguments.operands(1, 1).front();

  const auto file =
      support::value_or_die(aio::File::open(path.c_str(), aio::Access::read_only), path);
  auto context = support::value_or_die(aio::Context::create({.capacity = 1}), "AIO");
  const auto completed = support::value_or_die(aio::EventFd::create(), "eventfd");
  const aio::File signals = catch_signals();
  const aio::File timer = make_timer(interval);
  const aio::File loop = descriptor_or_die(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  for (const int descriptor : {completed.number(), signals.number(), timer.number()}) {
    ::epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
    if (::epoll_ctl(loop.number(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
      support::die(std::string("epoll_ctl: ") + std::strerror(errno));
    }
  }

  Follower follower(context, completed, file);
  for (bool stopped = false; !stopped;) {
    std::array<::epoll_event, 3> events{};
    const int count = ::epoll_wait(loop.number(), events.data(), events.size(), -1);
    for (const auto& event :
         std::span(events).first(count < 0 ? 0 : static_cast<std::size_t>(count))) {
      if (event.data.fd == completed.number()) {
        support::value_or_die(completed.drain(), "eventfd");  // before poll(): none is missed
        support::value_or_die(context.poll(), "AIO");
      } else if (event.data.fd == timer.number()) {
        std::uint64_t expirations = 0;
        if (::read(timer.number(), &expirations, sizeof expirations) > 0) follower.look();
        context.flush();  // what is only staged would wake nobody
      } else {
        stopped = true;
      }
    }
  }
  follower.stop();  // for close() completes what continuations submit, too
  support::value_or_die(context.close(), "AIO");
  return 0;
}
