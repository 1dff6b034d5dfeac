// Kernel AIO through libaio, which calls syscall(), too.

#include "bench/common/peers.hpp"
#include "bench/overhead/engines.hpp"

#ifdef LINUX_AIO_BENCH_LIBAIO

#include <libaio.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "bench/overhead/measure.hpp"

namespace overhead {
namespace {

class Libaio {
 public:
  Libaio() : status_(::io_setup(largest_batch, &context_)) {}
  Libaio(const Libaio&) = delete;
  Libaio& operator=(const Libaio&) = delete;
  ~Libaio() {
    if (status_ == 0) ::io_destroy(context_);
  }

  // 0 or -errno.
  [[nodiscard]] int status() const { return status_; }

  long write(Work& work, std::size_t batch) {
    for (std::size_t index = 0; index < batch; ++index) {
      ::io_prep_pwrite(stage(index), work.fd.number(), work.addresses[index], work.length, 0);
    }
    return wait_for(batch);
  }
  long read(Work& work, std::size_t batch) {
    for (std::size_t index = 0; index < batch; ++index) {
      ::io_prep_pread(stage(index), work.fd.number(), work.addresses[index], work.length, 0);
    }
    return wait_for(batch);
  }
  long poll(const Work& work, std::size_t batch) {
    for (std::size_t index = 0; index < batch; ++index) {
      ::io_prep_poll(stage(index), work.fd.number(), POLLOUT);
    }
    return wait_for(batch);
  }

 private:
  iocb* stage(std::size_t index) { return staged_[index] = &requests_[index]; }

  // The sum of the results, or -errno.
  long wait_for(std::size_t batch) {
    const auto count = static_cast<long>(batch);
    for (long sent = 0; sent < count;) {
      const int result = ::io_submit(context_, count - sent, staged_.data() + sent);
      if (result < 0 && result != -EINTR) return result;
      if (result > 0) sent += result;
    }
    long total = 0;
    for (long left = count; left != 0;) {
      const int got = ::io_getevents(context_, left, left, events_.data(), nullptr);
      if (got < 0 && got != -EINTR) return got;
      for (int index = 0; index < got; ++index) {
        // The kernel's errors are negative, in an unsigned field.
        total += static_cast<long>(events_[static_cast<std::size_t>(index)].res);
        --left;
      }
    }
    return total;
  }

  io_context_t context_ = nullptr;
  int status_;
  std::array<iocb, largest_batch> requests_{};
  std::array<iocb*, largest_batch> staged_{};
  std::array<io_event, largest_batch> events_{};
};

}  // namespace

LeftOut add_libaio(std::vector<Work>& works) {
  const auto engine = std::make_shared<Libaio>();
  if (engine->status() < 0) return std::string("io_setup: ") + std::strerror(-engine->status());
  add_row("libaio", engine, works);
  return std::nullopt;
}

}  // namespace overhead

#else

namespace overhead {

LeftOut add_libaio(std::vector<Work>& /*works*/) { return bench::built_without("libaio"); }

}  // namespace overhead

#endif
