// How what is staged goes to the kernel: in which parts, and how much of it at a time.
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/held.hpp"
#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"

namespace {

using namespace linux_aio::testing;
using namespace std::chrono_literals;
namespace aio = linux_aio;
namespace raw = linux_aio::raw;

// A kernel whose device is slow: it accepts transfers at once, and works only when it is told to.
class SlowDevice {
 public:
  SlowDevice() {
    kernel_.io_submit = [this](raw::aio_context_t handle, long count, raw::iocb** requests) {
      handle_ = handle;
      calls_.push_back(count);
      for (long index = 0; index < count; ++index) {
        if (requests[index]->aio_lio_opcode == raw::iocb_cmd_poll) {
          if (raw::io_submit(handle, 1, requests + index) != 1) return index;
        } else {
          waiting_.push_back(requests[index]);
        }
      }
      return count;
    };
  }

  // Transfers that it has.
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

  // How many requests came with each call since the last time.
  [[nodiscard]] std::vector<long> calls() { return std::exchange(calls_, {}); }

  void work(std::size_t count) {
    const auto slow = std::exchange(kernel_.io_submit, nullptr);
    const long result = raw::io_submit(handle_, static_cast<long>(count), waiting_.data());
    kernel_.io_submit = slow;
    REQUIRE(result == static_cast<long>(count));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  void work() {
    if (size() != 0) work(size());
  }

 private:
  InterposedKernel kernel_;
  raw::aio_context_t handle_ = 0;
  std::vector<raw::iocb*> waiting_;
  std::vector<long> calls_;
};

// Submits reads of a byte that are no neighbours.
void submit_reads(aio::Context& context, const TemporaryFile& file, std::size_t count,
                  std::size_t& done) {
  for (std::size_t index = 0; index < count; ++index) {
    submit(context, aio::read(borrowed(file)).into(Bytes(1)).at((count - index) * 2),
           [&done](const auto& completion) { done += completion.result == 1U; });
  }
}

void complete_all(aio::Context& context, SlowDevice& device) {
  while (context.in_flight() != 0) {
    device.work();
    must(context.poll());
  }
}

using Calls = std::vector<long>;

}  // namespace

TEST_CASE("a device that has nothing to do gets a few requests, and then twice what it has") {
  const TemporaryFile file(pattern(1000));
  SlowDevice device;
  aio::Context context = make_context(128);
  std::size_t done = 0;
  submit_reads(context, file, 64, done);
  REQUIRE(context.flush() == 0);
  REQUIRE(device.calls() == Calls{4, 8, 24, 28});
  device.work(60);
  submit_reads(context, file, 64, done);
  REQUIRE(must(context.poll()) == 60);
  // What is complete is not what it has, though nobody has looked at it.
  REQUIRE(device.calls() == Calls{8, 24, 32});
  complete_all(context, device);
  REQUIRE(done == 128);
}

TEST_CASE("the first part is as large as the options say") {
  const TemporaryFile file(pattern(1000));
  SlowDevice device;
  for (const auto& [first_part, calls] :
       {std::pair<unsigned, Calls>{1, {1, 2, 6, 7}}, {7, {7, 9}}, {16, {16}}, {0, {16}}}) {
    aio::Context context = must(aio::Context::create({.capacity = 16, .first_part = first_part}));
    std::size_t done = 0;
    for (int round = 0; round < 2; ++round) {
      submit_reads(context, file, 16, done);
      REQUIRE(context.flush() == 0);
      REQUIRE(device.calls() == calls);
      complete_all(context, device);
    }
    REQUIRE(done == 32);
  }
}

TEST_CASE("what completes inside io_submit goes out with one call, until some does not") {
  const TemporaryFile file(pattern(1000));
  aio::Context context = make_context(128);
  std::size_t done = 0;
  const auto calls_for = [&](std::size_t count) {
    const std::uint64_t before = context.statistics().io_submit_calls;
    submit_reads(context, file, count, done);
    context.flush();
    return context.statistics().io_submit_calls - before;
  };
  REQUIRE(calls_for(32) == 2);
  must(context.poll());
  REQUIRE(calls_for(32) == 1);
  must(context.poll());
  REQUIRE(done == 64);
  {
    SlowDevice device;
    REQUIRE(calls_for(32) == 1);
    device.work();
    REQUIRE(must(context.poll()) == 32);
    static_cast<void>(device.calls());
    REQUIRE(calls_for(32) == 3);
    complete_all(context, device);
  }
  REQUIRE(calls_for(32) == 2);
  REQUIRE(calls_for(32) == 1);
  must(context.poll());
}

TEST_CASE("a poll that is not ready does not make files slow") {
  const TemporaryFile file(pattern(1000));
  const Pipe pipe;
  aio::Context context = make_context(128);
  submit(context, aio::poll(aio::BorrowedFd(pipe.read_end()), aio::PollEvent::in),
         [](const auto&) {});
  std::size_t done = 0;
  for (std::uint64_t round = 1; round < 5; ++round) {
    const std::uint64_t before = context.statistics().io_submit_calls;
    submit_reads(context, file, 32, done);
    REQUIRE(must(context.poll()) == 32);
    REQUIRE(context.statistics().io_submit_calls - before == (round == 1 ? 2 : 1));
  }
}

TEST_CASE("neighbours in a file go out together") {
  const TemporaryFile file(pattern(1000));
  const TemporaryFile other(pattern(1000));
  SlowDevice device;
  aio::Context context = make_context(64);
  const auto read = [&](const TemporaryFile& from, std::uint64_t offset) {
    submit(context, aio::read(borrowed(from)).into(Bytes(10)).at(offset), [](const auto&) {});
  };
  for (std::uint64_t index = 0; index < 9; ++index) read(file, index * 10);
  read(other, 90);  // of another file
  submit(context, aio::write(borrowed(other)).from(Bytes(10)).at(100), [](const auto&) {});
  for (std::uint64_t index = 0; index < 20; ++index) read(file, 500 + index * 20);
  context.flush();
  REQUIRE(device.calls() == Calls{9, 18, 4});
  complete_all(context, device);
}

TEST_CASE("the kernel has no more transfers than the options say, and nothing is lost") {
  const TemporaryFile file(pattern(1000));
  const std::vector<Pipe> pipes(5);
  SlowDevice device;
  aio::Context context = must(aio::Context::create({.capacity = 64, .kernel_limit = 10}));
  std::size_t done = 0;
  submit_reads(context, file, 25, done);
  REQUIRE(context.flush() == 15);
  REQUIRE(device.size() == 10);
  REQUIRE(context.flush() == 15);
  device.work(3);
  REQUIRE(context.flush() == 12);  // what is complete has left the device
  REQUIRE(must(context.poll()) == 3);
  REQUIRE(device.size() == 10);
  device.work();
  REQUIRE(must(context.wait(10)) == 10);
  REQUIRE(device.size() == 10);
  // Polls are not for a device, and may never end.
  for (const Pipe& pipe : pipes) {
    submit(context, aio::poll(aio::BorrowedFd(pipe.read_end()), aio::PollEvent::in),
           [](const auto&) {});
  }
  device.work();
  REQUIRE(must(context.wait(10)) == 10);
  REQUIRE(context.flush() == 0);
  device.work();
  REQUIRE(must(context.poll()) == 2);
  REQUIRE(done == 25);
  REQUIRE(context.in_flight() == pipes.size());
}

TEST_CASE("polls take nothing from the limit of transfers, and add nothing to it") {
  const TemporaryFile file(pattern(1000));
  const Pipe idle;
  const Pipe ready;
  ready.feed();
  SlowDevice device;
  aio::Context context = must(aio::Context::create({.capacity = 64, .kernel_limit = 10}));
  std::size_t done = 0;
  const auto submit_polls = [&context](const Pipe& pipe, aio::PollEvents events, int count) {
    for (; count != 0; --count) {
      submit(context, aio::poll(aio::BorrowedFd(pipe.read_end()), events), [](const auto&) {});
    }
  };
  submit_reads(context, file, 10, done);
  REQUIRE(context.flush() == 0);
  submit_polls(idle, aio::PollEvent::in, 5);
  submit_reads(context, file, 5, done);
  submit_polls(idle, aio::PollEvent::in, 5);
  REQUIRE(context.flush() == 15);
  REQUIRE(device.size() == 10);  // though polls are staged
  device.work();
  REQUIRE(must(context.poll()) == 10);
  REQUIRE(context.flush() == 0);
  REQUIRE(device.size() == 5);
  submit_polls(ready, aio::PollEvent::in, 5);
  REQUIRE(context.flush() == 0);
  submit_reads(context, file, 10, done);
  REQUIRE(context.flush() == 5);
  REQUIRE(device.size() == 10);  // though polls are complete, and nobody has looked at them
  // What the kernel refuses is no poll that it has.
  submit_polls(Pipe(), aio::PollEvent::in, 5);
  REQUIRE(must(context.poll()) >= 5);
  submit_reads(context, file, 5, done);
  context.flush();
  REQUIRE(device.size() == 10);
  device.work();
  while (context.in_flight() > 10) {
    REQUIRE(must(context.wait(1)) != 0);
    REQUIRE(device.size() <= 10);
    device.work();
  }
  REQUIRE(done == 30);
}

TEST_CASE("without options, the kernel has as many as the device takes") {
  const TemporaryFile file(pattern(5000));
  const std::optional<std::uint32_t> depth = must(aio::probe_file(borrowed(file))).queue_depth;
  if (!depth) return skip("the device of " + temporary_folder() + " does not say what it takes");
  SlowDevice device;
  aio::Context context = make_context(*depth + 100);
  std::size_t done = 0;
  submit_reads(context, file, *depth + 100, done);
  REQUIRE(context.flush() == 100);
  REQUIRE(device.size() == *depth);
  complete_all(context, device);
  REQUIRE(done == *depth + 100);
}

TEST_CASE("polls do not say what the device takes") {
  const TemporaryFile file(pattern(5000));
  const std::optional<std::uint32_t> depth = must(aio::probe_file(borrowed(file))).queue_depth;
  if (!depth) return skip("the device of " + temporary_folder() + " does not say what it takes");
  const Pipe idle;
  SlowDevice device;
  aio::Context context = make_context(*depth + 200);
  for (int count = 0; count < 100; ++count) {
    submit(context, aio::poll(aio::BorrowedFd(idle.read_end()), aio::PollEvent::in),
           [](const auto&) {});
  }
  REQUIRE(context.flush() == 0);
  std::size_t done = 0;
  submit_reads(context, file, *depth + 100, done);
  REQUIRE(context.flush() == 100);
  REQUIRE(device.size() == *depth);
  while (done < *depth + 100) {
    device.work();
    must(context.poll());
  }
}

TEST_CASE("what is on no device has no limit") {
  const aio::File null = must(aio::File::open("/dev/null", aio::Access::write_only));
  SlowDevice device;
  aio::Context context = make_context(2000);
  for (int index = 0; index < 2000; ++index) {
    submit(context, aio::write(null).from(Bytes(1)), [](const auto&) {});
  }
  REQUIRE(context.flush() == 0);
  REQUIRE(device.size() == 2000);
  complete_all(context, device);
}

TEST_CASE("probe_file says how many requests the device takes, as /sys does") {
  const TemporaryFile file;
  struct ::stat status{};
  REQUIRE(::fstat(file.fd(), &status) == 0);
  const std::string device = "/sys/dev/block/" + std::to_string(major(status.st_dev)) + ":" +
                             std::to_string(minor(status.st_dev));
  std::uint32_t number = 0;
  std::ifstream(device + "/queue/nr_requests") >> number;
  if (number == 0) std::ifstream(device + "/../queue/nr_requests") >> number;
  const aio::FileCapabilities found = must(aio::probe_file(borrowed(file)));
  const bool says = aio::describe(found).find("requests at once") != std::string::npos;
  REQUIRE(says == found.queue_depth.has_value());
  if (number == 0) {
    REQUIRE(!found.queue_depth);
    skip(temporary_folder() + " is on no device that /sys knows");
  } else if (!found.queue_depth) {
    skip(temporary_folder() + " is on a device without queues of its own");
  } else {
    REQUIRE(*found.queue_depth == number);
  }
  const aio::File null = must(aio::File::open("/dev/null", aio::Access::write_only));
  REQUIRE(!must(aio::probe_file(null)).queue_depth);
}

TEST_CASE("a wait that spins sees what completes meanwhile without a system call") {
  for (const bool spins : {true, false}) {
    const Pipe pipe;
    aio::Context context =
        must(aio::Context::create({.spin = spins ? std::chrono::nanoseconds(1h) : 0ns}));
    submit(context, aio::poll(aio::BorrowedFd(pipe.read_end()), aio::PollEvent::in),
           [](const auto&) {});
    ::ssize_t written = 0;
    std::thread later([&pipe, &written] {
      std::this_thread::sleep_for(50ms);
      written = ::write(pipe.write_end(), "", 1);
    });
    REQUIRE(must(context.wait()) == 1);
    later.join();
    REQUIRE(written == 1);
    REQUIRE(context.statistics().io_getevents_calls == (spins ? 0 : 1));
  }
}

TEST_CASE("a wait spins no longer than the options and the deadline say") {
  const Pipe pipe;
  for (const auto& [spin, calls] : {std::pair<std::chrono::nanoseconds, std::uint64_t>{24h, 1},
                                    {1ms, 1},
                                    {std::chrono::nanoseconds::max(), 1},
                                    {-1h, 1}}) {
    aio::Context context = must(aio::Context::create({.spin = spin}));
    submit(context, aio::poll(aio::BorrowedFd(pipe.read_end()), aio::PollEvent::in),
           [](const auto&) {});
    REQUIRE(must(context.wait(1, 30ms)) == 0);
    REQUIRE(context.statistics().io_getevents_calls == calls);
  }
}
