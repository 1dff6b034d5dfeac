// Context::async: coroutines that live long, as those of a server do, with a request for each
// round.

#include <coroutine>
#include <exception>
#include <linux_aio/linux_aio.hpp>
#include <utility>

#include "bench/overhead/engines.hpp"
#include "bench/overhead/measure.hpp"

namespace overhead {
namespace {

namespace aio = linux_aio;

// Stands still at the beginning of a round, until it is told to go on.
class Worker {
 public:
  struct promise_type {
    Worker get_return_object() {
      return Worker(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_always final_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    [[noreturn]] static void unhandled_exception() noexcept { std::terminate(); }
  };

  Worker(Worker&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Worker& operator=(Worker&&) = delete;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() {
    if (coroutine_) coroutine_.destroy();
  }

  void begin_round() { coroutine_.resume(); }

 private:
  explicit Worker(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}

  std::coroutine_handle<promise_type> coroutine_;
};

Worker writer(aio::Context& context, const Work& work, aio::AlignedBuffer* buffer, long& total) {
  for (;;) {
    co_await std::suspend_always{};
    auto done = co_await context.async(aio::write(work.fd).from(std::move(*buffer)));
    total += static_cast<long>(done.result.value_or(0));
    *buffer = std::move(done.buffer);
  }
}

Worker reader(aio::Context& context, const Work& work, aio::AlignedBuffer* buffer, long& total) {
  for (;;) {
    co_await std::suspend_always{};
    auto done = co_await context.async(aio::read(work.fd).into(std::move(*buffer)));
    total += static_cast<long>(done.result.value_or(0));
    *buffer = std::move(done.buffer);
  }
}

Worker poller(aio::Context& context, const Work& work, long& total) {
  for (;;) {
    co_await std::suspend_always{};
    const auto done = co_await context.async(aio::poll(work.fd, aio::PollEvent::out));
    total += done.result ? done.result->bits() : 0;
  }
}

class Coroutines {
 public:
  Coroutines(aio::Context context, std::vector<Work>& works)
      : context_(std::move(context)), works_(works.data()) {
    for (Work& work : works) workers_.push_back(make_workers(work));
  }

  long write(const Work& work, std::size_t batch) { return round(work, batch); }
  long read(const Work& work, std::size_t batch) { return round(work, batch); }
  long poll(const Work& work, std::size_t batch) { return round(work, batch); }

 private:
  std::vector<Worker> make_workers(Work& work) {
    std::vector<Worker> workers;
    for (std::size_t index = 0; index < largest_batch; ++index) {
      switch (work.kind) {
        case Kind::write:
          workers.push_back(writer(context_, work, &work.buffers[index], total_));
          break;
        case Kind::read:
          workers.push_back(reader(context_, work, &work.buffers[index], total_));
          break;
        case Kind::poll:
          workers.push_back(poller(context_, work, total_));
          break;
      }
    }
    return workers;
  }

  long round(const Work& work, std::size_t batch) {
    total_ = 0;
    std::vector<Worker>& workers = workers_[static_cast<std::size_t>(&work - works_)];
    for (std::size_t index = 0; index < batch; ++index) workers[index].begin_round();
    return context_.wait(batch) == batch ? total_ : -1;
  }

  aio::Context context_;
  long total_ = 0;
  const Work* works_;
  std::vector<std::vector<Worker>> workers_;  // of each work
};

}  // namespace

LeftOut add_async(std::vector<Work>& works) {
  auto context = aio::Context::create({.capacity = largest_batch});
  if (!context) return context.error().message();
  add_row("async", std::make_shared<Coroutines>(std::move(*context), works), works);
  return std::nullopt;
}

}  // namespace overhead
