// The part of Engine that hands staged requests to the kernel.
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/raw/syscall.hpp>

#include "src/file_status.hpp"

namespace linux_aio::detail {
namespace {

// How often this thread gave up the processor to wait for something.
std::uint64_t sleeps_of_thread() noexcept {
  struct ::rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_nvcsw);
}

// Counts a completion that the kernel does not know of. An eventfd that was closed too early may be
// why the request was refused, and its number that of another file by now, which must not be
// written to.
void announce(const raw::iocb& request) noexcept {
  if ((request.aio_flags & static_cast<std::uint32_t>(raw::iocb_flag_resfd)) == 0) return;
  const int fd = static_cast<int>(request.aio_resfd);
  if (file_kind(fd) != FileKind::anonymous_inode) return;
  static_cast<void>(::eventfd_write(fd, 1));
}

}  // namespace

inline long Engine::submit(std::size_t first) noexcept {
  const auto count = static_cast<long>(staged_count_ - first);
  raw::iocb** const requests = staged_.get() + first;
  ++statistics_.io_submit_calls;
  if (measure_submission_) return measured_submit(count, requests);
  return raw::io_submit(handle_, count, requests);
}

[[gnu::noinline]] long Engine::measured_submit(long count, raw::iocb** requests) noexcept {
  const std::uint64_t sleeps = sleeps_of_thread();
  const auto begin = std::chrono::steady_clock::now();
  const long result = raw::io_submit(handle_, count, requests);
  statistics_.time_in_io_submit += std::chrono::steady_clock::now() - begin;
  if (sleeps_of_thread() != sleeps) ++statistics_.io_submit_calls_that_slept;
  return result;
}

std::size_t Engine::flush() noexcept {
  const ThreadCheck::Use use(thread_check);
  if (!usable()) return staged_count_;
  if (staged_count_ != 0) {
    const long result = submit(0);
    if (result != static_cast<long>(staged_count_)) return flush_rest(result);
    in_kernel_ += staged_count_;
    statistics_.accepted += staged_count_;
    staged_count_ = 0;
  }
  segments_used_ = 0;
  return 0;
}

// Goes on where the first call, which returned `result`, has stopped.
[[gnu::noinline]] std::size_t Engine::flush_rest(long result) noexcept {
  std::size_t done = 0;
  for (;;) {
    if (result > 0) {
      done += static_cast<std::size_t>(result);
      in_kernel_ += static_cast<std::size_t>(result);
      statistics_.accepted += static_cast<std::size_t>(result);
    } else if (result == -EAGAIN && in_kernel_ != 0) {
      // The kernel has no slot until one of ours completes; if none is there to complete, waiting
      // would never end, and the error is the request's.
      break;
    } else if (result != -EINTR) {
      ++statistics_.refused;
      refuse(*slots_.find(staged_[done]->aio_data), Call::io_submit,
             result == 0 ? EIO : static_cast<int>(-result));
      ++done;
    }
    if (done == staged_count_) break;
    result = submit(done);
  }
  if (done != 0) std::copy(staged_.get() + done, staged_.get() + staged_count_, staged_.get());
  staged_count_ -= done;
  if (staged_count_ == 0) segments_used_ = 0;
  return staged_count_;
}

void Engine::refuse(Slot& slot, Call by, int error) noexcept {
  slot.refusal = static_cast<std::int16_t>(error);
  slot.refused_by = by;
  slot.next = SlotTable::none;
  const std::uint32_t index = slots_.index_of(slot);
  if (refused_ == 0) {
    refused_first_ = index;
  } else {
    slots_[refused_last_].next = index;
  }
  refused_last_ = index;
  ++refused_;
  settle();
  announce(slot.iocb);
}

}  // namespace linux_aio::detail
