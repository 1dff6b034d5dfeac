// Context::run and run_each: requests that borrow their memory.

#include <linux_aio/linux_aio.hpp>
#include <ranges>
#include <tuple>
#include <utility>

#include "bench/overhead/engines.hpp"
#include "bench/overhead/measure.hpp"

namespace overhead {
namespace {

namespace aio = linux_aio;

long value(const aio::Result<std::size_t>& result) { return static_cast<long>(result.value_or(0)); }
long value(const aio::Result<aio::PollEvents>& result) { return result ? result->bits() : 0; }

struct RunEach {
  template <class Make>
  static long run(aio::Context& context, std::size_t batch, const Make& make) {
    long total = 0;
    context.run_each(
        std::views::iota(std::size_t{0}, batch) | std::views::transform(make),
        [&total](std::size_t /*index*/, const auto& done) { total += value(done.result); });
    return total;
  }
};

// As many requests as a program has arguments.
struct Run {
  static bool fits(std::size_t batch) { return batch == 1 || batch == 4; }

  template <class Make>
  static long run(aio::Context& context, std::size_t batch, const Make& make) {
    const auto sum = [](const auto&... done) { return (0L + ... + value(done.result)); };
    if (batch == 1) return std::apply(sum, context.run(make(0)));
    return std::apply(sum, context.run(make(0), make(1), make(2), make(3)));
  }
};

template <class How>
class Borrowing {
 public:
  explicit Borrowing(aio::Context context) : context_(std::move(context)) {}

  long write(Work& work, std::size_t batch) {
    return How::run(context_, batch, [&work](std::size_t index) {
      return aio::write(work.fd).from(work.buffers[index].bytes());
    });
  }
  long read(Work& work, std::size_t batch) {
    return How::run(context_, batch, [&work](std::size_t index) {
      return aio::read(work.fd).into(work.buffers[index].bytes());
    });
  }
  long poll(const Work& work, std::size_t batch) {
    return How::run(context_, batch, [&work](std::size_t /*index*/) {
      return aio::poll(work.fd, aio::PollEvent::out);
    });
  }

 private:
  aio::Context context_;
};

}  // namespace

LeftOut add_run(std::vector<Work>& works) {
  auto for_run = aio::Context::create({.capacity = largest_batch});
  if (!for_run) return for_run.error().message();
  auto for_each = aio::Context::create({.capacity = largest_batch});
  if (!for_each) return for_each.error().message();
  add_row("run", std::make_shared<Borrowing<Run>>(std::move(*for_run)), works, Run::fits);
  add_row("run_each", std::make_shared<Borrowing<RunEach>>(std::move(*for_each)), works);
  return "run from batch 16 on, for its requests are arguments of a call";
}

}  // namespace overhead
