// What the kernel does seldom, made to happen.
#include <fcntl.h>

#include <algorithm>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/held.hpp"
#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
using namespace std::chrono_literals;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;

// Submits `many` reads of a byte each, and counts how often each completes with the right byte.
class Reads {
 public:
  Reads(aio::Context& context, std::size_t many)
      : content_(pattern(many)), file_(content_), right_(many) {
    for (std::size_t index = 0; index < many; ++index) {
      submit(context, aio::read(borrowed(file_)).into(Bytes(1)).at(index),
             [this, index](const auto& done) {
               if (done.result == 1U && done.buffer[0] == content_[index]) ++right_[index];
             });
    }
  }

  [[nodiscard]] bool all_right_once() const { return right_ == std::vector<int>(right_.size(), 1); }

 private:
  Bytes content_;
  TemporaryFile file_;
  std::vector<int> right_;
};

}  // namespace

TEST_CASE("the interposed kernel is the kernel where it has no hook") {
  const InterposedKernel kernel;
  aio::Context context = make_context_without_ring();
  const Reads reads(context, 10);
  must(context.close());
  REQUIRE(reads.all_right_once());
}

TEST_CASE("fsync and fdatasync ask for what they are called") {
  InterposedKernel kernel;
  std::vector<int> opcodes;
  kernel.io_submit = [&](auto handle, long count, auto requests) {
    for (long index = 0; index < count; ++index) {
      opcodes.push_back(requests[index]->aio_lio_opcode);
    }
    return raw::io_submit(handle, count, requests);
  };
  const TemporaryFile file;
  aio::Context context = make_context_without_ring();
  auto [both, data] = context.run(aio::fsync(borrowed(file)), aio::fdatasync(borrowed(file)));
  must(both.result);
  must(data.result);
  REQUIRE(opcodes == std::vector<int>{raw::iocb_cmd_fsync, raw::iocb_cmd_fdsync});
}

TEST_CASE("nothing is lost when the kernel accepts a part of a batch") {
  InterposedKernel kernel;
  for (const long most : {1L, 2L, 7L}) {
    kernel.io_submit = [most](auto handle, long count, auto requests) {
      return raw::io_submit(handle, std::min(count, most), requests);
    };
    aio::Context context = make_context_without_ring(10);
    const Reads reads(context, 10);
    REQUIRE(must(context.wait(10)) == 10);
    REQUIRE(reads.all_right_once());
    REQUIRE(context.statistics().accepted == 10);
  }
}

TEST_CASE("requests stay staged while the kernel has no room, and go out as room is made") {
  InterposedKernel kernel;
  long in_kernel = 0;  // the kernel takes 3 at a time
  kernel.io_submit = [&](auto handle, long count, auto requests) -> long {
    if (in_kernel == 3) return -EAGAIN;
    const long result = raw::io_submit(handle, std::min(count, 3 - in_kernel), requests);
    if (result > 0) in_kernel += result;
    return result;
  };
  kernel.io_getevents = [&](auto handle, long least, long, auto events, auto timeout) {
    CHECK(least <= in_kernel);
    const long result = raw::io_getevents(handle, std::min(least, 1L), 1, events, timeout);
    if (result > 0) in_kernel -= result;
    return result;
  };
  aio::Context context = make_context_without_ring(20);
  const Reads reads(context, 20);
  REQUIRE(context.flush() == 17);
  REQUIRE(context.flush() == 17);
  REQUIRE(context.in_flight() == 20);
  REQUIRE(must(context.poll()) == 1);
  REQUIRE(must(context.wait(10)) == 10);
  must(context.close());
  REQUIRE(reads.all_right_once());
}

TEST_CASE("EAGAIN with nothing in the kernel is the request's error, not an endless loop") {
  InterposedKernel kernel;
  int refusals = 3;
  kernel.io_submit = [&](auto handle, long count, auto requests) -> long {
    return refusals-- > 0 ? -EAGAIN : raw::io_submit(handle, count, requests);
  };
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context_without_ring();
  std::vector<int> codes;
  for (int count = 0; count < 5; ++count) {
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [&](const auto& done) {
      codes.push_back(done.result ? 0 : done.result.error().code());
    });
  }
  REQUIRE(must(context.wait(5)) == 5);
  REQUIRE(codes == std::vector<int>{EAGAIN, EAGAIN, EAGAIN, 0, 0});
}

TEST_CASE("EAGAIN for the last request in the kernel's way is not for ever") {
  InterposedKernel kernel;
  bool full = false;
  kernel.io_submit = [&](auto handle, long, auto requests) -> long {
    if (full) return -EAGAIN;
    full = true;
    return raw::io_submit(handle, 1, requests);
  };
  kernel.io_getevents = [&](auto handle, long least, long most, auto events, auto timeout) {
    full = false;
    return raw::io_getevents(handle, least, most, events, timeout);
  };
  aio::Context context = make_context_without_ring();
  const Reads reads(context, 5);
  REQUIRE(must(context.wait(5)) == 5);
  REQUIRE(reads.all_right_once());
}

TEST_CASE("a staged request goes out with the first room, while others stay in the kernel") {
  InterposedKernel kernel;
  long in_kernel = 0;  // the kernel takes 2 at a time
  kernel.io_submit = [&](auto handle, long count, auto requests) -> long {
    if (in_kernel == 2) return -EAGAIN;
    const long result = raw::io_submit(handle, std::min(count, 2 - in_kernel), requests);
    if (result > 0) in_kernel += result;
    return result;
  };
  kernel.io_getevents = [&](auto handle, long least, long most, auto events, auto timeout) {
    const long result = raw::io_getevents(handle, least, most, events, timeout);
    if (result > 0) in_kernel -= result;
    return result;
  };
  const Pipe pipe(O_NONBLOCK);
  aio::Context context = make_context_without_ring();
  submit(context, Held(pipe), [](const auto&) {});
  const Reads reads(context, 1);
  // What the first request waits for is not even in the kernel yet.
  submit(context, aio::write(aio::BorrowedFd(pipe.write_end())).from(Bytes(1)), [](const auto&) {});
  REQUIRE(must(context.wait(3, 20s)) == 3);
  REQUIRE(reads.all_right_once());
}

TEST_CASE("an interrupted io_submit is repeated") {
  InterposedKernel kernel;
  int interruptions = 3;
  kernel.io_submit = [&](auto handle, long count, auto requests) -> long {
    return interruptions-- > 0 ? -EINTR : raw::io_submit(handle, count, requests);
  };
  aio::Context context = make_context_without_ring();
  const Reads reads(context, 5);
  REQUIRE(must(context.wait(5)) == 5);
  REQUIRE(reads.all_right_once());
}

TEST_CASE("an io_submit that accepts nothing and says nothing is EIO, not an endless loop") {
  InterposedKernel kernel;
  kernel.io_submit = [](auto...) { return 0L; };
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context_without_ring();
  auto [done] = context.run(aio::read(borrowed(file)).into(Bytes(1)));
  REQUIRE(done.result == std::unexpected(aio::Error(aio::Call::io_submit, EIO)));
}

TEST_CASE("every request is refused where io_submit is forbidden") {
  InterposedKernel kernel;
  for (const int code : {EPERM, ENOSYS}) {
    kernel.io_submit = [code](auto...) -> long { return -code; };
    const TemporaryFile file(pattern(100));
    aio::Context context = make_context_without_ring();
    auto [read, synced] =
        context.run(aio::read(borrowed(file)).into(Bytes(1)), aio::fsync(borrowed(file)));
    REQUIRE(read.result == std::unexpected(aio::Error(aio::Call::io_submit, code)));
    REQUIRE(synced.result == std::unexpected(aio::Error(aio::Call::io_submit, code)));
  }
}

TEST_CASE("a context that cannot be had is an error, with what to do about it") {
  InterposedKernel kernel;
  const auto require_words = [&kernel](int code, const char* words) {
    kernel.io_setup = [code](auto...) -> long { return -code; };
    const auto context = aio::Context::create();
    REQUIRE(!context);
    REQUIRE(context.error() == aio::Error(aio::Call::io_setup, code));
    REQUIRE(context.error().message().find(words) != std::string::npos);
  };
  require_words(ENOSYS, "CONFIG_AIO");
  require_words(EPERM, "seccomp");
  require_words(ENOMEM, "ENOMEM");
}

TEST_CASE("the wait goes on for what remains of its time after an interruption") {
  InterposedKernel kernel;
  std::vector<std::chrono::nanoseconds> times;
  kernel.io_getevents = [&](auto handle, long least, long most, auto events, auto timeout) -> long {
    times.push_back(std::chrono::seconds(timeout->tv_sec) +
                    std::chrono::nanoseconds(timeout->tv_nsec));
    if (times.size() > 4) return raw::io_getevents(handle, least, most, events, timeout);
    std::this_thread::sleep_for(10ms);
    return times.size() == 4 ? 0 : -EINTR;  // a short count before the deadline: a signal, too
  };
  aio::Context context = make_context_without_ring();
  const Reads reads(context, 1);
  REQUIRE(must(context.wait(1, 25'500ms)) == 1);
  REQUIRE(reads.all_right_once());
  REQUIRE(times.size() == 5);
  REQUIRE(times.front() <= 25'500ms);
  for (std::size_t index = 1; index < times.size(); ++index) {
    REQUIRE(times[index] <= times[index - 1] - 10ms);
  }
  REQUIRE(times.back() > 0ms);
}

TEST_CASE("the kernel gets no negative time, and none at all for a wait without end") {
  InterposedKernel kernel;
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context_without_ring();
  int calls = 0;
  const auto wait = [&](bool endless, auto... arguments) {
    kernel.io_getevents = [&, endless](auto handle, long least, long most, auto events,
                                       auto timeout) {
      ++calls;
      CHECK((timeout == nullptr) == endless);
      if (timeout != nullptr) {
        CHECK(timeout->tv_sec >= 0);
        CHECK(timeout->tv_nsec >= 0);
        CHECK(timeout->tv_nsec < 1'000'000'000);
      }
      return raw::io_getevents(handle, least, most, events, timeout);
    };
    submit(context, aio::read(borrowed(file)).into(Bytes(1)), [](const auto&) {});
    REQUIRE(must(context.wait(arguments...)) == 1);
  };
  using Clock = aio::Context::Clock;
  wait(true, 1U);
  wait(true, 1U, std::chrono::hours::max());
  wait(false, 0U);
  wait(false, 1U, -1h);
  wait(false, 1U, 999'999'999ns);
  wait(false, 1U, 1h);
  wait(false, 1U, Clock::time_point::min());
  wait(false, 1U, Clock::time_point::max());
  REQUIRE(calls == 8);
}

TEST_CASE("short counts of io_getevents only mean another call") {
  InterposedKernel kernel;
  kernel.io_getevents = [](auto handle, long least, long, auto events, auto timeout) {
    return raw::io_getevents(handle, std::min(least, 1L), 1, events, timeout);
  };
  aio::Context context = make_context_without_ring(100);
  const Reads reads(context, 100);
  REQUIRE(must(context.wait(60)) == 60);
  REQUIRE(must(context.wait(40)) == 40);
  REQUIRE(reads.all_right_once());
}

TEST_CASE("io_getevents never asks for more than is in the kernel, where it would wait for ever") {
  InterposedKernel kernel;
  long in_kernel = 0;
  kernel.io_submit = [&](auto handle, long count, auto requests) {
    const long result = raw::io_submit(handle, count, requests);
    if (result > 0) in_kernel += result;
    return result;
  };
  kernel.io_getevents = [&](auto handle, long least, long most, auto events, auto timeout) {
    CHECK(least <= in_kernel);
    CHECK(most <= in_kernel);
    const long result = raw::io_getevents(handle, least, most, events, timeout);
    if (result > 0) in_kernel -= result;
    return result;
  };
  aio::Context context = make_context_without_ring(200);
  const Reads reads(context, 150);
  submit(context, aio::read(aio::BorrowedFd(-1)).into(Bytes(1)), [](const auto&) {});
  REQUIRE(must(context.wait(1000)) == 151);
  REQUIRE(reads.all_right_once());
}

TEST_CASE("events that are late are waited for, by close too") {
  InterposedKernel kernel;
  int late = 5;
  kernel.io_getevents = [&](auto handle, long least, long most, auto events, auto timeout) {
    return late-- > 0 ? 0L : raw::io_getevents(handle, least, most, events, timeout);
  };
  aio::Context context = make_context_without_ring();
  const Reads reads(context, 5);
  REQUIRE(code_of(context.close(0s)) == ETIMEDOUT);
  REQUIRE(context.in_flight() == 5);
  must(context.close());
  REQUIRE(reads.all_right_once());
}

TEST_CASE("io_getevents that fails loses nothing") {
  InterposedKernel kernel;
  aio::Context context = make_context_without_ring();
  const Reads reads(context, 5);
  kernel.io_getevents = [](auto...) -> long { return -EPERM; };
  REQUIRE(context.wait() == std::unexpected(aio::Error(aio::Call::io_getevents, EPERM)));
  REQUIRE(code_of(context.poll()) == EPERM);
  REQUIRE(code_of(context.close()) == EPERM);
  REQUIRE(context.in_flight() == 5);
  kernel.io_getevents = nullptr;
  must(context.close());
  REQUIRE(reads.all_right_once());
}

TEST_CASE("an event that belongs to no request in flight ends the program") {
  // Of the slot's next request, of slots that do not exist, and of one that was never used.
  constexpr std::uint64_t used = aio::detail::Slot::used;
  for (const std::uint64_t tag :
       {3 * used, used | 16U, 2 * used - 1, used | 7U, std::uint64_t{7}}) {
    const Ending ending = in_child([tag] {
      InterposedKernel kernel;
      const TemporaryFile file(pattern(1));
      aio::Context context = make_context_without_ring(16);
      kernel.io_getevents = [tag](auto, long, long, auto events, auto) {
        events[0] = {.data = tag, .obj = 0, .res = 0, .res2 = 0};
        return 1L;
      };
      submit(context, aio::read(borrowed(file)).into(Bytes(1)), [](const auto&) {});
      static_cast<void>(context.wait());
      return 0;
    });
    REQUIRE(ending.signal == SIGABRT);
    REQUIRE(ending.output == "linux_aio: the kernel reported an event of no request in flight\n");
  }
}

TEST_CASE("an event that is reported a second time ends the program, though its slot is in use") {
  const Ending ending = in_child([] {
    InterposedKernel kernel;
    const TemporaryFile file(pattern(1));
    aio::Context context = make_context_without_ring(1);
    raw::io_event last{};
    kernel.io_getevents = [&](auto handle, long least, long most, auto events, auto timeout) {
      const bool again = last.obj != 0;
      const long result = raw::io_getevents(handle, least, most, events, timeout);
      if (again) *events = last;
      last = *events;
      return result;
    };
    for (int count = 0; count < 2; ++count) {
      submit(context, aio::read(borrowed(file)).into(Bytes(1)), [](const auto&) {});
      if (context.wait() != 1U) return 1;
    }
    return 0;
  });
  REQUIRE(ending.signal == SIGABRT);
  REQUIRE(ending.output == "linux_aio: the kernel reported an event of no request in flight\n");
}

TEST_CASE("the destructor asks the kernel to let go before it frees a buffer") {
  struct Cargo {
    bool* freed;
    explicit Cargo(bool* flag) : freed(flag) {}
    Cargo(Cargo&& other) noexcept : freed(std::exchange(other.freed, nullptr)) {}
    Cargo& operator=(Cargo&&) = delete;
    Cargo(const Cargo&) = delete;
    Cargo& operator=(const Cargo&) = delete;
    ~Cargo() {
      if (freed != nullptr) *freed = true;
    }
  };
  InterposedKernel kernel;
  bool freed = false;
  bool freed_before = true;
  kernel.io_destroy = [&](auto handle) {
    freed_before = freed;
    return raw::io_destroy(handle);
  };
  const Pipe held;
  {
    aio::Context context = make_context_without_ring();
    submit(context, Held<Cargo>(held, Cargo(&freed)), [](const auto&) {});
    context.flush();
  }
  REQUIRE(freed);
  REQUIRE(!freed_before);
}
