// Kernel AIO through linux_aio: the buffers move into the requests and come back.

#include <linux_aio/linux_aio.hpp>
#include <utility>

#include "bench/common/fail.hpp"
#include "bench/device/engine.hpp"

namespace device {
namespace {

namespace aio = linux_aio;

class LinuxAio : public Engine {
 public:
  LinuxAio(Transfers& transfers, aio::Context context, bool measure_submission)
      : Engine(transfers), context_(std::move(context)), measures_(measure_submission) {}

  void start(std::size_t slot, std::uint64_t offset) override {
    aio::AlignedBuffer& buffer = transfers().buffers[slot];
    if (transfers().write) {
      submit(slot, aio::write(transfers().file).from(std::move(buffer)).at(offset));
    } else {
      submit(slot, aio::read(transfers().file).into(std::move(buffer)).at(offset));
    }
  }

  [[nodiscard]] std::optional<Submission> submission() const override {
    if (!measures_) return std::nullopt;
    const aio::Statistics& counted = context_.statistics();
    return Submission{.requests = counted.accepted,
                      .calls = counted.io_submit_calls,
                      .calls_that_slept = counted.io_submit_calls_that_slept,
                      .inside = counted.time_in_io_submit};
  }

 private:
  template <class Request>
  void submit(std::size_t slot, Request request) {
    const auto accepted = context_.submit(std::move(request), [this, slot](auto done) {
      if (!done.result) bench::fail(done.result.error().message());
      transfers().buffers[slot] = std::move(done.buffer);
      complete(slot, static_cast<long long>(*done.result));
    });
    if (!accepted) bench::fail(accepted.error().error.message());
  }

  void await(std::size_t at_least) override {
    const auto done = context_.wait(at_least);
    if (!done) bench::fail(done.error().message());
  }

  aio::Context context_;
  bool measures_;
};

}  // namespace

Made make_linux_aio(Transfers& transfers, bool measure_submission) {
  auto context =
      aio::Context::create({.capacity = static_cast<std::uint32_t>(transfers.buffers.size()),
                            .measure_submission = measure_submission});
  if (!context) return std::unexpected(context.error().message());
  return std::make_unique<LinuxAio>(transfers, std::move(*context), measure_submission);
}

}  // namespace device
