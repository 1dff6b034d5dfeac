// Kernel AIO through libaio.

#include "bench/common/peers.hpp"
#include "bench/device/engine.hpp"

#ifdef LINUX_AIO_BENCH_LIBAIO

#include <libaio.h>

#include <cerrno>
#include <cstring>

#include "bench/common/fail.hpp"
#include "bench/common/usage.hpp"

namespace device {
namespace {

using bench::fail;

class Libaio : public Engine {
 public:
  Libaio(Transfers& transfers, io_context_t context, bool measure_submission)
      : Engine(transfers),
        context_(context),
        measures_(measure_submission),
        requests_(depth()),
        events_(depth()) {
    staged_.reserve(depth());
  }
  Libaio(const Libaio&) = delete;
  Libaio& operator=(const Libaio&) = delete;
  ~Libaio() override { ::io_destroy(context_); }

  void start(std::size_t slot, std::uint64_t offset) override {
    iocb& request = requests_[slot];
    const int file = transfers().file.number();
    const std::span<std::byte> block = bytes(slot);
    if (transfers().write) {
      ::io_prep_pwrite(&request, file, block.data(), block.size(), static_cast<long long>(offset));
    } else {
      ::io_prep_pread(&request, file, block.data(), block.size(), static_cast<long long>(offset));
    }
    staged_.push_back(&request);
  }

  [[nodiscard]] std::optional<Submission> submission() const override {
    if (!measures_) return std::nullopt;
    return submission_;
  }

 private:
  void await(std::size_t at_least) override {
    flush();
    int count = 0;
    do {
      count = ::io_getevents(context_, static_cast<long>(at_least),
                             static_cast<long>(events_.size()), events_.data(), nullptr);
    } while (count == -EINTR);
    if (count < 0) fail("io_getevents", -count);
    for (const io_event& event : std::span(events_).first(static_cast<std::size_t>(count))) {
      // The kernel's errors are negative, in an unsigned field.
      complete(static_cast<std::size_t>(event.obj - requests_.data()),
               static_cast<long>(event.res));
    }
  }

  void flush() {
    for (std::size_t sent = 0; sent < staged_.size();) {
      const auto left = static_cast<long>(staged_.size() - sent);
      iocb** const requests = staged_.data() + sent;
      const int accepted =
          measures_ ? measured_submit(left, requests) : ::io_submit(context_, left, requests);
      if (accepted < 0) fail("io_submit", -accepted);
      sent += static_cast<std::size_t>(accepted);
    }
    staged_.clear();
  }

  // As linux_aio does it with ContextOptions::measure_submission.
  int measured_submit(long count, iocb** requests) {
    const std::uint64_t sleeps = bench::sleeps_of_thread();
    const auto begun = std::chrono::steady_clock::now();
    const int accepted = ::io_submit(context_, count, requests);
    submission_.inside += std::chrono::steady_clock::now() - begun;
    if (bench::sleeps_of_thread() != sleeps) ++submission_.calls_that_slept;
    ++submission_.calls;
    if (accepted > 0) submission_.requests += static_cast<std::uint64_t>(accepted);
    return accepted;
  }

  io_context_t context_;
  bool measures_;
  Submission submission_;
  std::vector<iocb> requests_;  // by slot
  std::vector<iocb*> staged_;
  std::vector<io_event> events_;
};

}  // namespace

Made make_libaio(Transfers& transfers, bool measure_submission) {
  io_context_t context = nullptr;
  const int status = ::io_setup(static_cast<int>(transfers.buffers.size()), &context);
  if (status < 0) return std::unexpected(std::string("io_setup: ") + std::strerror(-status));
  return std::make_unique<Libaio>(transfers, context, measure_submission);
}

}  // namespace device

#else

namespace device {

Made make_libaio(Transfers& /*transfers*/, bool /*measure_submission*/) {
  return std::unexpected(bench::built_without("libaio"));
}

}  // namespace device

#endif
