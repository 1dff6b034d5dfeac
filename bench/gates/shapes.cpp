// The programs that the gates measure: SHAPE, that many ROUNDS. The difference of two run lengths
// is what a round costs.
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/by_hand/by_hand.h"

namespace {

namespace aio = linux_aio;

constexpr std::size_t length = 512;

template <class T>
T must(aio::Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "shapes: %s\n", result.error().message().c_str());
  std::exit(1);
}

void must(bool right, const char* what) {
  if (right) return;
  std::fprintf(stderr, "shapes: %s\n", what);
  std::exit(1);
}

aio::File null_device() {
  return must(aio::File::open("/dev/null", aio::Access::write_only));
}

std::vector<aio::AlignedBuffer> make_buffers(std::size_t count) {
  std::vector<aio::AlignedBuffer> buffers;
  for (std::size_t index = 0; index < count; ++index) {
    buffers.push_back(must(aio::AlignedBuffer::allocate(length)));
  }
  return buffers;
}

// Each request owns its buffer, and its continuation takes it back.
template <std::size_t batch>
void owning(std::size_t rounds) {
  aio::Context context = must(aio::Context::create({.capacity = batch}));
  const aio::File file = null_device();
  std::vector<aio::AlignedBuffer> buffers = make_buffers(batch);
  std::size_t written = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (aio::AlignedBuffer& buffer : buffers) {
      const auto accepted =
          context.submit(aio::write(file).from(std::move(buffer)), [&written, &buffer](auto done) {
            written += done.result.value_or(0);
            buffer = std::move(done.buffer);
          });
      if (!accepted) std::abort();
    }
    if (!context.poll()) std::abort();
  }
  must(written == rounds * batch * length, "not all was written");
}

// The requests borrow their memory, and stay with the caller.
template <std::size_t batch>
void borrowed(std::size_t rounds) {
  aio::Context context = must(aio::Context::create({.capacity = batch}));
  const aio::File file = null_device();
  std::vector<aio::AlignedBuffer> buffers = make_buffers(batch);
  using Request = aio::Write<std::span<std::byte>>;
  std::vector<Request> requests;
  requests.reserve(batch);
  std::size_t written = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    requests.clear();
    for (aio::AlignedBuffer& buffer : buffers) {
      requests.push_back(aio::write(file).from(buffer.bytes()));
    }
    context.run_each(requests, [&written](std::size_t, const auto& done) {
      written += done.result.value_or(0);
    });
  }
  must(written == rounds * batch * length, "not all was written");
}

void run_one(std::size_t rounds) {
  aio::Context context = must(aio::Context::create({.capacity = 1}));
  const aio::File file = null_device();
  std::array<std::byte, length> memory{};
  std::size_t written = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto [done] = context.run(aio::write(file).from(std::span(memory)));
    written += done.result.value_or(0);
  }
  must(written == rounds * length, "not all was written");
}

template <std::size_t batch>
void by_hand(std::size_t rounds) {
  const auto hand = std::make_unique<::by_hand>();
  must(by_hand_setup(hand.get(), batch) == 0, "io_setup failed");
  const aio::File file = null_device();
  std::vector<std::array<char, length>> buffers(batch);
  std::vector<char*> addresses;
  for (auto& buffer : buffers) addresses.push_back(buffer.data());
  std::size_t written = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    written += static_cast<std::size_t>(
        by_hand_write(hand.get(), file.number(), addresses.data(), length, batch));
  }
  must(written == rounds * batch * length, "not all was written");
}

// With a request in the kernel, so that there is a ring to look at.
void poll_empty(std::size_t rounds) {
  aio::Context context = must(aio::Context::create());
  std::array<int, 2> ends{};
  must(::pipe(ends.data()) == 0, "pipe failed");
  const auto accepted = context.submit(
      aio::poll(aio::BorrowedFd(ends[0]), aio::PollEvent::in), [](const auto&) {});
  must(accepted.has_value() && context.flush() == 0, "the poll was not accepted");
  std::size_t ran = 0;
  for (std::size_t round = 0; round < rounds; ++round) ran += context.poll().value_or(1);
  must(ran == 0, "something completed");
}

// Each request is for what comes later, so that each wait is a real one.
void waiting(std::size_t rounds) {
  aio::Context context = must(aio::Context::create());
  const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  const ::itimerspec later{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 20'000'000}};
  const aio::BorrowedFd file(timer);
  std::size_t ready = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    must(::timerfd_settime(timer, 0, &later, nullptr) == 0, "the timer was not set");
    const auto accepted = context.submit(
        aio::poll(file, aio::PollEvent::in), [&ready](const auto& done) { ready += done.result.has_value(); });
    if (!accepted || !context.wait()) std::abort();
  }
  must(ready == rounds, "not all became ready");
}

struct Shape {
  std::string_view name;
  void (*run)(std::size_t rounds);
};

constexpr std::array shapes{
    Shape{"by_hand_1", by_hand<1>},   Shape{"by_hand_32", by_hand<32>},
    Shape{"borrowed_1", borrowed<1>}, Shape{"borrowed_32", borrowed<32>},
    Shape{"owning_1", owning<1>},     Shape{"owning_32", owning<32>},
    Shape{"run_1", run_one},          Shape{"poll_empty", poll_empty},
    Shape{"waiting", waiting},
};

}  // namespace

int main(int count, char** arguments) {
  if (count == 3) {
    std::size_t rounds = 0;
    std::from_chars(arguments[2], arguments[2] + std::strlen(arguments[2]), rounds);
    for (const Shape& shape : shapes) {
      if (shape.name == arguments[1]) return shape.run(rounds), 0;
    }
  }
  std::fprintf(stderr, "Usage: shapes SHAPE ROUNDS, where SHAPE is one of:\n");
  for (const Shape& shape : shapes) std::fprintf(stderr, "  %s\n", shape.name.data());
  return 2;
}
