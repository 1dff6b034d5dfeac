// Every buffer and every continuation is destroyed exactly once, in whatever state its request is
// when the context, the completion or the coroutine goes.
#include <algorithm>
#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstdint>
#include <linux_aio/linux_aio.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/support/interposed_kernel.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/task.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

/// What was made, moved and destroyed. A moved-from object is destroyed, too, but owns nothing.
struct Counts {
  int made = 0;
  int objects = 0;    // that exist, moved-from ones among them
  int owners = 0;     // of which these own something
  int destroyed = 0;  // owners
};

/// Counts itself; owns `size` bytes on the heap, which AddressSanitizer watches.
class Counted {
 public:
  explicit Counted(Counts& counts, std::uint32_t size = 8)
      : counts_(&counts), bytes_(std::make_unique<std::byte[]>(size)), size_(size) {
    ++counts.made;
    ++counts.objects;
    ++counts.owners;
  }
  Counted(Counted&& other) noexcept
      : counts_(other.counts_), bytes_(std::move(other.bytes_)), size_(other.size_) {
    ++counts_->objects;
  }
  Counted& operator=(Counted&& other) noexcept {
    if (this == &other) return *this;
    drop();
    bytes_ = std::move(other.bytes_);
    size_ = other.size_;
    return *this;
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() {
    drop();
    --counts_->objects;
  }

  [[nodiscard]] std::span<std::byte> bytes() noexcept { return {bytes_.get(), owns() ? size_ : 0}; }
  [[nodiscard]] bool owns() const noexcept { return bytes_ != nullptr; }

 private:
  void drop() noexcept {
    if (!owns()) return;
    bytes_.reset();
    --counts_->owners;
    ++counts_->destroyed;
  }

  Counts* counts_;
  std::unique_ptr<std::byte[]> bytes_;
  std::uint32_t size_;
};

// Everything that was made is gone, once.
bool all_gone(const Counts& counts) {
  return counts.objects == 0 && counts.owners == 0 && counts.destroyed == counts.made;
}

}  // namespace

template <>
struct linux_aio::buffer_traits<Counted> {
  static constexpr bool owns = true;
  static std::span<std::byte> bytes(Counted& buffer) noexcept { return buffer.bytes(); }
};

namespace {

aio::Poll poll_of(const Pipe& pipe) {
  return aio::poll(aio::BorrowedFd(pipe.read_end()), aio::PollEvent::in);
}

// A coroutine that reads, and then reads again.
Task read_twice(aio::Context& context, aio::BorrowedFd file, Counts& counts, int& resumed) {
  auto first = co_await context.async(aio::read(file).into(Counted(counts)));
  ++resumed;
  auto second = co_await context.async(aio::read(file).into(std::move(first.buffer)));
  ++resumed;
}

// A coroutine that waits for what does not come, with something in its frame.
Task wait_for(aio::Context& context, const Pipe& pipe, Counts& counts, int& resumed) {
  const Counted kept(counts);
  static_cast<void>(co_await context.async(poll_of(pipe)));
  ++resumed;
}

}  // namespace

TEST_CASE("a context is destroyed with requests in every state, and nothing of them is left") {
  const TemporaryFile file(pattern(100));
  const Pipe pipe;
  Counts buffers;
  Counts continuations;
  int calls = 0;
  int resumed = 0;
  {
    std::vector<Task> tasks;
    aio::Context context = make_context_without_ring(8);
    const auto read = [&](aio::BorrowedFd fd) {
      submit(context, aio::read(fd).into(Counted(buffers)),
             [&calls, mine = Counted(continuations)](const auto&) { ++calls; });
    };
    submit(context, poll_of(pipe),
           [&calls, mine = Counted(continuations)](const auto&) { ++calls; });  // in the kernel
    read(borrowed(file));                                                       // complete
    read(aio::BorrowedFd(-1));                                                  // refused
    tasks.push_back(wait_for(context, pipe, continuations, resumed));           // suspended
    context.flush();
    read(borrowed(file));  // staged
    auto vectored = context.submit(aio::write(borrowed(file)).from([&] {
      std::vector<Counted> range;
      for (int count = 0; count < 3; ++count) range.emplace_back(buffers);
      return range;
    }()),
                                   [&calls](const auto&) { ++calls; });  // staged, a range
    REQUIRE(vectored);
    const auto cancelled = context.submit(poll_of(pipe), [&calls](const auto&) { ++calls; });
    REQUIRE(context.cancel(*cancelled) == aio::Cancel::requested);  // cancelled, not told yet
    auto commit = context.begin_commit(
        aio::fsync(borrowed(file)),
        [&calls, mine = Counted(continuations)](const auto&) { ++calls; });  // held
    REQUIRE(commit);
    REQUIRE(context.in_flight() == 8);
    for (int count = 0; count < 3; ++count) {
      tasks.push_back(read_twice(context, borrowed(file), buffers, resumed));  // wait for room
    }
    tasks.push_back(wait_for(context, pipe, continuations, resumed));
    REQUIRE(context.in_flight() == 8);
    std::move(*commit).seal();
  }
  REQUIRE(calls == 0);
  REQUIRE(resumed == 0);
  REQUIRE(all_gone(buffers));
  REQUIRE(all_gone(continuations));
}

TEST_CASE("a completion that is dropped takes its buffer with it, and one that is kept does not") {
  const TemporaryFile file(pattern(100));
  Counts buffers;
  {
    aio::Context context = make_context();
    std::vector<Counted> kept;
    submit(context, aio::read(borrowed(file)).into(Counted(buffers)), [](auto) {});
    submit(context, aio::read(borrowed(file)).into(Counted(buffers)), [](const auto&) {});
    submit(context, aio::read(borrowed(file)).into(Counted(buffers)),
           [&](auto done) { kept.push_back(std::move(done.buffer)); });
    REQUIRE(must(context.wait(3)) == 3);
    REQUIRE(buffers.destroyed == 2);
    REQUIRE(kept.at(0).owns());
    static_cast<void>(context.run(aio::read(borrowed(file)).into(Counted(buffers)),
                                  aio::read(aio::BorrowedFd(-1)).into(Counted(buffers))));
    REQUIRE(buffers.destroyed == 4);
  }
  REQUIRE(all_gone(buffers));
}

TEST_CASE("a coroutine is destroyed in every state of its request") {
  const TemporaryFile file(pattern(100));
  const Pipe pipe;
  // Waiting for room, staged, in the kernel or complete, resumed once, and done.
  for (const int state : {0, 1, 2, 3, 4}) {
    Counts buffers;
    int resumed = 0;
    {
      aio::Context context = make_context(1);
      std::optional<Task> blocking;
      Counts frames;
      int never = 0;
      if (state == 0) blocking = wait_for(context, pipe, frames, never);
      Task task = read_twice(context, borrowed(file), buffers, resumed);
      if (state >= 2) context.flush();
      for (int count = 2; count < state; ++count) REQUIRE(must(context.poll()) == 1);
      REQUIRE(resumed == std::max(0, state - 2));
      task.destroy();
      blocking.reset();
      while (context.in_flight() != 0) must(context.wait());
      REQUIRE(resumed == std::max(0, state - 2));
      REQUIRE(all_gone(buffers));
      REQUIRE(all_gone(frames));
    }
    REQUIRE(all_gone(buffers));
  }
}

TEST_CASE("the buffer of a destroyed coroutine lives until the kernel is done with it") {
  const TemporaryFile file(pattern(100));
  Counts buffers;
  int resumed = 0;
  aio::Context context = make_context();
  {
    const Task task = read_twice(context, borrowed(file), buffers, resumed);
    context.flush();
  }
  REQUIRE(buffers.owners == 1);
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(all_gone(buffers));
  REQUIRE(resumed == 0);
}

TEST_CASE("coroutines are destroyed by the continuation of another, whatever they wait for") {
  const TemporaryFile file(pattern(100));
  const Pipe pipe;
  Counts buffers;
  Counts frames;
  int resumed = 0;
  for (const bool in_coroutine : {false, true}) {
    aio::Context context = make_context(4);
    std::vector<Task> tasks;
    const auto destroy_all = [&tasks] { tasks.clear(); };
    std::optional<Task> destroyer;
    if (in_coroutine) {
      destroyer = [](aio::Context& where, aio::BorrowedFd fd, auto destroy) -> Task {
        static_cast<void>(co_await where.async(aio::fsync(fd)));
        destroy();
      }(context, aio::BorrowedFd(-1), destroy_all);
    } else {
      submit(context, aio::fsync(aio::BorrowedFd(-1)), [&](const auto&) { destroy_all(); });
    }
    tasks.push_back(wait_for(context, pipe, frames, resumed));                    // in the kernel
    tasks.push_back(read_twice(context, borrowed(file), buffers, resumed));       // complete
    tasks.push_back(read_twice(context, aio::BorrowedFd(-1), buffers, resumed));  // refused
    for (int count = 0; count < 3; ++count) {                                     // wait for room
      tasks.push_back(read_twice(context, borrowed(file), buffers, resumed));
      tasks.push_back(wait_for(context, pipe, frames, resumed));
    }
    while (context.in_flight() != 0) must(context.wait());
    REQUIRE(tasks.empty());
    REQUIRE(resumed == 0);
    REQUIRE(all_gone(buffers));
    REQUIRE(all_gone(frames));
    if (destroyer) REQUIRE(destroyer->done());
  }
}

TEST_CASE("a coroutine that destroys its neighbour in the queue for room leaves the queue whole") {
  const TemporaryFile file(pattern(100));
  Counts buffers;
  int resumed = 0;
  aio::Context context = make_context(1);
  for (const std::size_t victim : {0U, 1U, 2U, 3U}) {
    std::vector<Task> tasks;
    submit(context, aio::fsync(aio::BorrowedFd(-1)), [&](const auto&) { tasks[victim].destroy(); });
    for (int count = 0; count < 4; ++count) {
      tasks.push_back(read_twice(context, borrowed(file), buffers, resumed));
    }
    while (context.in_flight() != 0) must(context.wait());
    for (std::size_t index = 0; index < 4; ++index) {
      if (index != victim) REQUIRE(tasks[index].done());
    }
  }
  REQUIRE(resumed == 4 * 3 * 2);
  REQUIRE(all_gone(buffers));
}

TEST_CASE("half a batch is refused, and every buffer comes back once") {
  const TemporaryFile file(pattern(100));
  InterposedKernel kernel;
  int refused = 0;
  kernel.io_submit = [&](auto handle, long count, auto requests) -> long {
    if (requests[0]->aio_data % 2 == 1 && ++refused != 0) return -ENOMEM;
    return aio::raw::io_submit(handle, std::min(count, 1L), requests);
  };
  Counts buffers;
  Counts continuations;
  {
    aio::Context context = make_context(10);
    int right = 0;
    int failed = 0;
    for (int count = 0; count < 12; ++count) {
      auto accepted =
          context.submit(aio::read(borrowed(file)).into(Counted(buffers)),
                         [&, mine = Counted(continuations)](aio::ReadCompletion<Counted> done) {
                           REQUIRE(done.buffer.owns());
                           (done.result ? right : failed) += 1;
                         });
      REQUIRE(accepted.has_value() == (count < 10));
      if (!accepted) REQUIRE(std::move(accepted.error().request).release().owns());
    }
    REQUIRE(must(context.wait(10)) == 10);
    REQUIRE(right == 5);
    REQUIRE(failed == 5);
    REQUIRE(refused == 5);
  }
  REQUIRE(all_gone(buffers));
  REQUIRE(all_gone(continuations));
}

TEST_CASE("a coroutine that throws after its await keeps the exception for its owner") {
  const TemporaryFile file(pattern(100));
  Counts buffers;
  aio::Context context = make_context();
  {
    const Task task = [](aio::Context& where, aio::BorrowedFd fd, Counts& counts) -> Task {
      const auto done = co_await where.async(aio::read(fd).into(Counted(counts)));
      if (done.result) throw std::runtime_error("thrown after the await");
    }(context, borrowed(file), buffers);
    REQUIRE(must(context.wait()) == 1);
    REQUIRE(task.done());
    REQUIRE(task.thrown() != nullptr);
    REQUIRE_THROWS_AS(std::rethrow_exception(task.thrown()), std::runtime_error);
  }
  REQUIRE(all_gone(buffers));
  auto [next] = context.run(aio::read(borrowed(file)).into(Bytes(1)));  // the context is as before
  REQUIRE(must(next.result) == 1);
}

TEST_CASE("an awaitable that is never awaited takes its buffer with it") {
  const TemporaryFile file(pattern(100));
  Counts buffers;
  aio::Context context = make_context();
  {
    const auto never = context.async(aio::read(borrowed(file)).into(Counted(buffers)));
  }
  REQUIRE(context.in_flight() == 0);
  REQUIRE(all_gone(buffers));
}

TEST_CASE("a commit is moved, dropped, and dropped by a continuation that owns it") {
  const TemporaryFile log;
  Counts buffers;
  Counts continuations;
  std::vector<int> codes;
  {
    aio::Context context = make_context();
    const auto begin = [&] {
      auto commit = context.begin_commit(
          aio::fdatasync(borrowed(log)),
          [&codes, mine = Counted(continuations)](const aio::SyncCompletion& done) {
            codes.push_back(done.result ? 0 : done.result.error().code());
          });
      REQUIRE(commit);
      return std::move(*commit);
    };
    const auto write = [&](aio::Commit& commit) {
      REQUIRE(commit.submit(aio::write(borrowed(log)).from(Counted(buffers)), [](const auto&) {}));
    };
    {
      aio::Commit first = begin();
      write(first);
      aio::Commit second = std::move(first);
      write(second);
      const aio::Commit third = std::move(second);
    }
    REQUIRE(must(context.wait(3)) == 3);
    REQUIRE(codes == std::vector{ECANCELED});

    auto owned = std::make_unique<aio::Commit>(begin());
    write(*owned);
    submit(context, aio::fsync(borrowed(log)), [commit = std::move(owned)](const auto&) {});
    while (context.in_flight() != 0) must(context.wait());
    REQUIRE(codes == std::vector{ECANCELED, ECANCELED});

    // Discarded with the context, in either order.
    auto other = std::make_unique<aio::Commit>(begin());
    write(*other);
    submit(context, aio::fsync(borrowed(log)), [commit = std::move(other)](const auto&) {});
  }
  REQUIRE(codes.size() == 2);
  REQUIRE(all_gone(buffers));
  REQUIRE(all_gone(continuations));
}

TEST_CASE("run nested in continuations returns every buffer to its own caller") {
  const TemporaryFile file(pattern(100));
  Counts buffers;
  for (const std::uint32_t capacity : {1U, 2U, 5U}) {
    aio::Context context = make_context(capacity);
    int right = 0;
    for (std::uint32_t count = 0; count < capacity; ++count) {
      submit(context, aio::read(borrowed(file)).into(Counted(buffers)), [&](auto outer) {
        Counted mine(buffers, 3);
        const std::byte* const place = mine.bytes().data();
        auto [inner, refused] =
            context.run(aio::read(borrowed(file)).into(std::move(mine)),
                        aio::read(aio::BorrowedFd(-1)).into(std::move(outer.buffer)));
        right += inner.buffer.bytes().data() == place && refused.buffer.owns() ? 1 : 0;
      });
    }
    must(context.close());
    REQUIRE(right == static_cast<int>(capacity));
    REQUIRE(all_gone(buffers));
  }
}

TEST_CASE("shared bytes, sized arrays and pooled buffers are in flight, and come back") {
  const Bytes content = pattern(100);
  const TemporaryFile file;
  aio::BufferPool pool = must(aio::BufferPool::create({.count = 1, .size = 100}));
  auto owner = std::make_shared<const Bytes>(content);
  aio::Context context = make_context();
  std::optional<aio::SharedBytes> shared;
  std::optional<aio::SizedArray<std::byte>> array;
  std::optional<aio::PooledBuffer> pooled;
  submit(context, aio::write(borrowed(file)).from(aio::shared(owner)),
         [&](auto done) { shared.emplace(std::move(done.buffer)); });
  REQUIRE(owner.use_count() == 2);
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(owner.use_count() == 2);
  shared.reset();
  REQUIRE(owner.use_count() == 1);

  submit(context,
         aio::read(borrowed(file)).into(aio::sized(std::make_unique<std::byte[]>(100), 100)),
         [&](auto done) { array.emplace(std::move(done.buffer)); });
  submit(context, aio::read(borrowed(file)).into(must(pool.acquire())),
         [&](auto done) { pooled.emplace(std::move(done.buffer)); });
  REQUIRE(code_of(pool.acquire()) == ENOBUFS);
  REQUIRE(must(context.wait(2)) == 2);
  REQUIRE(copy_of(array->elements()) == content);
  REQUIRE(copy_of(pooled->bytes()) == content);
  REQUIRE(pool.available() == 0);
  pooled.reset();
  REQUIRE(pool.available() == 1);

  // In flight when the context goes: they go with it, into the pool and to their owner.
  submit(context, aio::read(borrowed(file)).into(must(pool.acquire())), [](const auto&) {});
  submit(context, aio::write(borrowed(file)).from(aio::shared(owner)), [](const auto&) {});
  context.flush();
  context = make_context();
  REQUIRE(pool.available() == 1);
  REQUIRE(owner.use_count() == 1);
}
