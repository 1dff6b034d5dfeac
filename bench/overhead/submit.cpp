// Context::submit: each request owns its buffer, and its continuation takes it back.

#include <linux_aio/linux_aio.hpp>
#include <utility>

#include "bench/overhead/engines.hpp"
#include "bench/overhead/measure.hpp"

namespace overhead {
namespace {

namespace aio = linux_aio;

class Submit {
 public:
  explicit Submit(aio::Context context) : context_(std::move(context)) {}

  long write(Work& work, std::size_t batch) {
    return transfer(work, batch, [&work](aio::AlignedBuffer& buffer) {
      return aio::write(work.fd).from(std::move(buffer));
    });
  }
  long read(Work& work, std::size_t batch) {
    return transfer(work, batch, [&work](aio::AlignedBuffer& buffer) {
      return aio::read(work.fd).into(std::move(buffer));
    });
  }
  long poll(const Work& work, std::size_t batch) {
    long total = 0;
    for (std::size_t index = 0; index < batch; ++index) {
      const auto accepted = context_.submit(
          aio::poll(work.fd, aio::PollEvent::out),
          [&total](const auto& done) { total += done.result ? done.result->bits() : 0; });
      if (!accepted) return -1;
    }
    return wait_for(batch, total);
  }

 private:
  template <class Make>
  long transfer(Work& work, std::size_t batch, const Make& make) {
    long total = 0;
    for (std::size_t index = 0; index < batch; ++index) {
      aio::AlignedBuffer* const back = &work.buffers[index];
      const auto accepted = context_.submit(make(*back), [&total, back](auto done) {
        total += static_cast<long>(done.result.value_or(0));
        *back = std::move(done.buffer);
      });
      if (!accepted) return -1;
    }
    return wait_for(batch, total);
  }

  long wait_for(std::size_t batch, const long& total) {
    return context_.wait(batch) == batch ? total : -1;
  }

  aio::Context context_;
};

}  // namespace

LeftOut add_submit(std::vector<Work>& works) {
  auto context = aio::Context::create({.capacity = largest_batch});
  if (!context) return context.error().message();
  add_row("submit", std::make_shared<Submit>(std::move(*context)), works);
  return std::nullopt;
}

}  // namespace overhead
