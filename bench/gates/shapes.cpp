// The programs that the gates measure: SHAPE, that many ROUNDS. The difference of two run lengths
// is what a round costs.
#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <ranges>
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

aio::File null_device() { return must(aio::File::open("/dev/null", aio::Access::write_only)); }

std::vector<aio::AlignedBuffer> make_buffers(std::size_t count) {
  std::vector<aio::AlignedBuffer> buffers;
  for (std::size_t index = 0; index < count; ++index) {
    buffers.push_back(must(aio::AlignedBuffer::allocate(length)));
  }
  return buffers;
}

// Each request owns its buffer, and its continuation takes it back. `reap` completes a batch.
template <class Reap>
void own(std::size_t batch, std::size_t rounds, const Reap& reap) {
  aio::Context context =
      must(aio::Context::create({.capacity = static_cast<std::uint32_t>(batch)}));
  const aio::File file = null_device();
  std::vector<aio::AlignedBuffer> buffers = make_buffers(batch);
  std::size_t written = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    for (aio::AlignedBuffer& buffer : buffers) {
      aio::AlignedBuffer* const back = &buffer;
      const auto accepted =
          context.submit(aio::write(file).from(std::move(buffer)), [&written, back](auto done) {
            written += done.result.value_or(0);
            *back = std::move(done.buffer);
          });
      if (!accepted) std::abort();
    }
    if (!reap(context)) std::abort();
  }
  must(written == rounds * batch * length, "not all was written");
}

void owning(std::size_t batch, std::size_t rounds) {
  own(batch, rounds, [](aio::Context& context) { return context.poll(); });
}

void owning_waited(std::size_t batch, std::size_t rounds) {
  own(batch, rounds, [batch](aio::Context& context) { return context.wait(batch); });
}

// The requests borrow their memory, and are made as they are taken.
void borrowed(std::size_t batch, std::size_t rounds) {
  aio::Context context =
      must(aio::Context::create({.capacity = static_cast<std::uint32_t>(batch)}));
  const aio::File file = null_device();
  std::vector<aio::AlignedBuffer> buffers = make_buffers(batch);
  std::size_t written = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    context.run_each(
        buffers | std::views::transform([&file](aio::AlignedBuffer& buffer) {
          return aio::write(file).from(buffer.bytes());
        }),
        [&written](std::size_t, const auto& done) { written += done.result.value_or(0); });
  }
  must(written == rounds * batch * length, "not all was written");
}

// A coroutine that lives as long as the program.
struct LongLived {
  struct promise_type {  // NOLINT(readability-identifier-naming): its name in the language
    static LongLived get_return_object() noexcept { return {}; }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_never final_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    [[noreturn]] static void unhandled_exception() noexcept { std::abort(); }
  };
};

LongLived write_again_and_again(aio::Context& context, const aio::File& file,
                                aio::AlignedBuffer buffer, std::size_t rounds,
                                std::size_t& written) {
  for (std::size_t round = 0; round < rounds; ++round) {
    auto done = co_await context.async(aio::write(file).from(std::move(buffer)));
    written += done.result.value_or(0);
    buffer = std::move(done.buffer);
  }
}

// Each request is awaited in a coroutine, which then makes the next.
void awaiting(std::size_t batch, std::size_t rounds) {
  aio::Context context =
      must(aio::Context::create({.capacity = static_cast<std::uint32_t>(batch)}));
  const aio::File file = null_device();
  std::size_t written = 0;
  for (aio::AlignedBuffer& buffer : make_buffers(batch)) {
    write_again_and_again(context, file, std::move(buffer), rounds, written);
  }
  while (context.in_flight() != 0) {
    if (!context.poll()) std::abort();
  }
  must(written == rounds * batch * length, "not all was written");
}

void run_one(std::size_t /*batch*/, std::size_t rounds) {
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

void by_hand(std::size_t batch, std::size_t rounds) {
  const auto hand = std::make_unique<ByHand>();
  must(by_hand_setup(hand.get(), static_cast<unsigned>(batch)) == 0, "io_setup failed");
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

// As by_hand, with one more of all that is counted.
void spoilt(std::size_t /*batch*/, std::size_t rounds) {
  const auto hand = std::make_unique<ByHand>();
  must(by_hand_setup(hand.get(), 1) == 0, "io_setup failed");
  const aio::File file = null_device();
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto memory = std::make_unique<std::array<char, length>>();
    char* address = memory->data();
    static_cast<void>(::getppid());
    if (by_hand_write(hand.get(), file.number(), &address, length, 1) < 0) std::abort();
  }
}

// With a request in the kernel, so that there is a ring to look at.
void poll_empty(std::size_t /*batch*/, std::size_t rounds) {
  aio::Context context = must(aio::Context::create());
  std::array<int, 2> ends{};
  must(::pipe(ends.data()) == 0, "pipe failed");
  const auto accepted =
      context.submit(aio::poll(aio::BorrowedFd(ends[0]), aio::PollEvent::in), [](const auto&) {});
  must(accepted.has_value() && context.flush() == 0, "the poll was not accepted");
  std::size_t ran = 0;
  for (std::size_t round = 0; round < rounds; ++round) ran += context.poll().value_or(1);
  must(ran == 0, "something completed");
}

// Each request is for what comes later, so that each wait is a real one.
void waiting(std::size_t /*batch*/, std::size_t rounds) {
  aio::Context context = must(aio::Context::create());
  const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  const ::itimerspec later{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 20'000'000}};
  const aio::BorrowedFd file(timer);
  std::size_t ready = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    must(::timerfd_settime(timer, 0, &later, nullptr) == 0, "the timer was not set");
    const auto accepted =
        context.submit(aio::poll(file, aio::PollEvent::in),
                       [&ready](const auto& done) { ready += done.result.has_value(); });
    if (!accepted || !context.wait()) std::abort();
  }
  must(ready == rounds, "not all became ready");
}

struct Shape {
  const char* name = nullptr;
  void (*run)(std::size_t batch, std::size_t rounds) = nullptr;
  std::size_t batch = 1;
};

constexpr std::array shapes{
    Shape{"awaiting_1", awaiting},
    Shape{"awaiting_32", awaiting, 32},
    Shape{"by_hand_1", by_hand},
    Shape{"by_hand_32", by_hand, 32},
    Shape{"borrowed_1", borrowed},
    Shape{"borrowed_32", borrowed, 32},
    Shape{"owning_1", owning},
    Shape{"owning_32", owning, 32},
    Shape{"owning_waited_1", owning_waited},
    Shape{"owning_waited_32", owning_waited, 32},
    Shape{"run_1", run_one},
    Shape{"poll_empty", poll_empty},
    Shape{"waiting", waiting},
    Shape{"spoilt", spoilt},
};

}  // namespace

int main(int count, char** arguments) {
  if (count == 2 && std::string_view(arguments[1]) == "--facts") {
#if defined(__clang__)
    std::printf("compiler: clang %s\n", __VERSION__);
#else
    std::printf("compiler: g++ %s\n", __VERSION__);
#endif
    std::printf("slot: %zu\n", sizeof(aio::detail::Slot));
    return 0;
  }
  if (count == 3) {
    std::size_t rounds = 0;
    std::from_chars(arguments[2], arguments[2] + std::strlen(arguments[2]), rounds);
    for (const Shape& shape : shapes) {
      if (std::string_view(shape.name) == arguments[1]) return shape.run(shape.batch, rounds), 0;
    }
  }
  std::fprintf(stderr, "Usage: shapes --facts | SHAPE ROUNDS, where SHAPE is one of:\n");
  for (const Shape& shape : shapes) std::fprintf(stderr, "  %s\n", shape.name);
  return 2;
}
