// //:raw, used as hand-written C uses the kernel.

#include <poll.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <linux_aio/raw.hpp>
#include <linux_aio/raw/supplement.hpp>

#include "bench/overhead/engines.hpp"
#include "bench/overhead/measure.hpp"

namespace overhead {
namespace {

namespace raw = linux_aio::raw;

class Raw {
 public:
  Raw() : status_(raw::io_setup(largest_batch, &context_)) {
    if (status_ < 0) return;
    // SAFETY: the handle that io_setup() gave is the address of the ring.
    ring_ = reinterpret_cast<raw::aio_ring*>(context_);
    if (ring_->magic != raw::aio_ring_magic ||
        ring_->incompat_features != raw::aio_ring_incompat_features ||
        ring_->header_length != sizeof *ring_) {
      ring_ = nullptr;
    }
  }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;
  ~Raw() {
    if (status_ >= 0) static_cast<void>(raw::io_destroy(context_));
  }

  // 0 or -errno.
  [[nodiscard]] long status() const { return status_; }

  long write(Work& work, std::size_t batch) {
    for (std::size_t index = 0; index < batch; ++index) {
      raw::prep_pwrite(requests_[index], work.fd.number(), work.addresses[index], work.length, 0);
      stage(index);
    }
    return wait_for(batch);
  }
  long read(Work& work, std::size_t batch) {
    for (std::size_t index = 0; index < batch; ++index) {
      raw::prep_pread(requests_[index], work.fd.number(), work.addresses[index], work.length, 0);
      stage(index);
    }
    return wait_for(batch);
  }
  long poll(const Work& work, std::size_t batch) {
    for (std::size_t index = 0; index < batch; ++index) {
      raw::prep_poll(requests_[index], work.fd.number(), POLLOUT);
      stage(index);
    }
    return wait_for(batch);
  }

 private:
  void stage(std::size_t index) {
    requests_[index].aio_data = index;
    staged_[index] = &requests_[index];
  }

  // The sum of the results, or -errno.
  long wait_for(std::size_t batch) {
    const auto count = static_cast<long>(batch);
    for (long sent = 0; sent < count;) {
      const long result = raw::io_submit(context_, count - sent, staged_.data() + sent);
      if (result == -EINTR) continue;
      if (result < 0) return result;
      sent += result;
    }
    long total = 0;
    std::size_t left = batch - (ring_ != nullptr ? reap(total) : 0);
    while (left != 0) {
      std::array<raw::io_event, 64> events{};
      const long got =
          raw::io_getevents(context_, 1, static_cast<long>(events.size()), events.data(), nullptr);
      if (got == -EINTR) continue;
      if (got < 0) return got;
      for (long index = 0; index < got; ++index)
        total += events[static_cast<std::size_t>(index)].res;
      left -= static_cast<std::size_t>(got);
    }
    return total;
  }

  std::size_t reap(long& total) {
    const auto* const events = reinterpret_cast<const raw::io_event*>(ring_ + 1);
    std::size_t count = 0;
    std::uint32_t head = ring_->head;
    while (head != std::atomic_ref(ring_->tail).load(std::memory_order_acquire)) {
      total += events[head].res;
      head = head + 1 == ring_->nr ? 0 : head + 1;
      std::atomic_ref(ring_->head).store(head, std::memory_order_release);
      ++count;
    }
    return count;
  }

  raw::aio_context_t context_ = 0;
  long status_;
  raw::aio_ring* ring_ = nullptr;
  std::array<raw::iocb, largest_batch> requests_{};
  std::array<raw::iocb*, largest_batch> staged_{};
};

}  // namespace

LeftOut add_raw(std::vector<Work>& works) {
  const auto engine = std::make_shared<Raw>();
  if (engine->status() < 0) {
    return std::string("io_setup: ") + std::strerror(static_cast<int>(-engine->status()));
  }
  add_row("raw", engine, works);
  return std::nullopt;
}

}  // namespace overhead
