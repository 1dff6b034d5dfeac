#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/held.hpp"
#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

// A buffer and a continuation that can be counted.
struct Witness {
  std::shared_ptr<int> life = std::make_shared<int>(0);
  [[nodiscard]] long others() const { return life.use_count() - 1; }
};

struct CountedBuffer {
  std::shared_ptr<int> life;
  Bytes bytes;
};

}  // namespace

template <>
struct linux_aio::buffer_traits<CountedBuffer> {
  static constexpr bool owns = true;
  static std::span<std::byte> bytes(CountedBuffer& buffer) noexcept { return buffer.bytes; }
};

TEST_CASE("a destroyed context frees every buffer and calls no continuation") {
  const TemporaryFile file(pattern(100));
  const Pipe held;
  const Witness buffers;
  const Witness continuations;
  int calls = 0;
  {
    aio::Context context = make_context_without_ring();
    const auto continuation = [&calls, life = continuations.life](const auto&) { ++calls; };
    const auto buffer = [&] { return CountedBuffer(buffers.life, Bytes(10)); };
    submit(context, Held(held, buffer()), continuation);                           // in the kernel
    submit(context, aio::read(borrowed(file)).into(buffer()), continuation);       // complete
    submit(context, aio::read(aio::BorrowedFd(-1)).into(buffer()), continuation);  // refused
    context.flush();
    submit(context, aio::read(borrowed(file)).into(buffer()), continuation);  // staged
    REQUIRE(buffers.others() == 4);
    REQUIRE(continuations.others() == 5);
  }
  REQUIRE(calls == 0);
  REQUIRE(buffers.others() == 0);
  REQUIRE(continuations.others() == 0);
}

TEST_CASE("every buffer and continuation has one owner on its way through a context") {
  const TemporaryFile file(pattern(100));
  const Witness buffers;
  const Witness continuations;
  aio::Context context = make_context_without_ring(1);
  std::vector<CountedBuffer> back;
  submit(context, aio::read(borrowed(file)).into(CountedBuffer(buffers.life, Bytes(10))),
         [&back, life = continuations.life](auto done) { back.push_back(std::move(done.buffer)); });
  REQUIRE(buffers.others() == 1);
  {
    auto refused =
        context.submit(aio::read(borrowed(file)).into(CountedBuffer(buffers.life, Bytes(10))),
                       [life = continuations.life](const auto&) {});
    REQUIRE(!refused);
    REQUIRE(buffers.others() == 2);
    REQUIRE(continuations.others() == 2);
  }
  REQUIRE(buffers.others() == 1);
  REQUIRE(continuations.others() == 1);
  must(context.wait());
  REQUIRE(buffers.others() == 1);
  REQUIRE(continuations.others() == 0);
  REQUIRE(back.at(0).bytes.size() == 10);
}

TEST_CASE("every object that is made on a request's way is destroyed, moved-from ones too") {
  static int alive = 0;
  struct Alive {
    Alive() noexcept { ++alive; }
    Alive(const Alive&) = delete;
    Alive& operator=(const Alive&) = delete;
    Alive(Alive&& /*other*/) noexcept { ++alive; }
    Alive& operator=(Alive&&) noexcept = default;
    ~Alive() { --alive; }
  };
  const Pipe held;
  for (const bool completed : {false, true}) {
    {
      aio::Context context = make_context_without_ring();
      submit(context, Held<Alive>(held, Alive()), [mine = Alive()](const auto&) {});
      REQUIRE(alive == 2);
      if (completed) {
        held.feed();
        must(context.wait());
        REQUIRE(alive == 0);
      }
    }
    REQUIRE(alive == 0);
  }
}

TEST_CASE("destroying a context from its own continuation ends the program") {
  const TemporaryFile file(pattern(100));
  const Ending ending = in_child([&file] {
    auto created = aio::Context::create({.capacity = 1});
    std::optional<aio::Context> context(std::move(*created));
    static_cast<void>(
        context->submit(aio::fsync(borrowed(file)), [&context](const auto&) { context.reset(); }));
    static_cast<void>(context->wait());
    return 0;
  });
  REQUIRE(ending.signal == SIGABRT);
  REQUIRE(ending.output == "linux_aio: a Context was destroyed by one of its own continuations\n");

  // Also where the context calls it because it accepts nothing.
  const Ending closed = in_child([&file] {
    auto created = aio::Context::create({.capacity = 1});
    std::optional<aio::Context> context(std::move(*created));
    if (!context->close()) return 1;
    std::vector<aio::Sync> requests;
    requests.push_back(aio::fsync(borrowed(file)));
    context->run_each(requests, [&context](std::size_t, const auto&) { context.reset(); });
    return 0;
  });
  REQUIRE(closed.signal == SIGABRT);
  REQUIRE(closed.output == ending.output);
}

TEST_CASE("what a discarded continuation owned may use the context, which is closed by then") {
  const TemporaryFile file(pattern(100));
  struct Last {
    aio::Context* context;
    bool* right;
    Last(aio::Context* used, bool* result) noexcept : context(used), right(result) {}
    Last(Last&& other) noexcept
        : context(std::exchange(other.context, nullptr)), right(other.right) {}
    Last& operator=(Last&&) = delete;
    Last(const Last&) = delete;
    Last& operator=(const Last&) = delete;
    ~Last() {
      if (context == nullptr) return;
      auto refused = context->submit(aio::fsync(aio::BorrowedFd(-1)), [](const auto&) {});
      *right = !refused && refused.error().error.code() == ESHUTDOWN;
      *right = *right && context->flush() == 0 && context->poll() == 0U;
      const auto waited = context->wait();
      *right = *right && !waited && waited.error().code() == EDEADLK;
    }
  };
  for (const bool flushed : {false, true}) {
    bool right = false;
    int calls = 0;
    {
      // Some neighbours' slots are discarded before, and some after.
      aio::Context context = make_context_without_ring();
      for (int count = 0; count < 4; ++count) {
        submit(context, aio::fsync(aio::BorrowedFd(-1)), [&](const auto&) { ++calls; });
        submit(context, aio::fsync(borrowed(file)), [&](const auto&) { ++calls; });
        if (count != 1) continue;
        submit(context, aio::fsync(borrowed(file)),
               [last = Last(&context, &right)](const auto&) {});
      }
      if (flushed) context.flush();
    }
    REQUIRE(right);
    REQUIRE(calls == 0);
  }
}

TEST_CASE("buffers are not freed while a kernel that cannot be stopped writes to them") {
  const Ending ending = in_child([] {
    InterposedKernel kernel;
    kernel.io_destroy = [](aio::raw::aio_context_t) { return long{-EPERM}; };
    const Pipe held;
    aio::Context context = std::move(*aio::Context::create());
    const bool accepted{context.submit(Held(held), [](const auto&) {})};
    context.flush();
    return accepted ? 0 : 1;
  });
  REQUIRE(ending.signal == SIGABRT);
  REQUIRE(ending.output.find("io_destroy failed") != std::string::npos);
}
