// The part of Engine that hands staged requests to the kernel.
#include "src/submission.hpp"

#include <sys/eventfd.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/raw/syscall.hpp>

#include "src/file_status.hpp"
#include "src/queue_depth.hpp"

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

// Whether `next` begins in the file where `request` ends.
bool continues(const raw::iocb& request, const raw::iocb& next) noexcept {
  const bool plain = request.aio_lio_opcode == raw::iocb_cmd_pread ||
                     request.aio_lio_opcode == raw::iocb_cmd_pwrite;
  return plain && request.aio_lio_opcode == next.aio_lio_opcode &&
         request.aio_fildes == next.aio_fildes &&
         static_cast<std::uint64_t>(request.aio_offset) + request.aio_nbytes ==
             static_cast<std::uint64_t>(next.aio_offset);
}

}  // namespace

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
  if (staged_count_ != 0) return flush_staged();
  segments_used_ = 0;
  return 0;
}

// After a call that did not take all that is staged.
[[gnu::noinline]] std::size_t Engine::flush_after(long result) noexcept {
  std::size_t done = 0;
  return account(result, done) ? flush_in_parts(done) : staged_count_;
}

// Counts what became of the requests from `done` on, and moves `done` past them. False if the
// kernel has no slot until one of ours completes.
bool Engine::account(long result, std::size_t& done) noexcept {
  if (result > 0) {
    done += static_cast<std::size_t>(result);
    in_kernel_ += static_cast<std::size_t>(result);
    statistics_.accepted += static_cast<std::size_t>(result);
    return true;
  }
  if (result == -EINTR) return true;
  // If none is there to complete, waiting would never end, and the error is the request's.
  if (result == -EAGAIN && in_kernel_ != 0) return false;
  ++statistics_.refused;
  refuse(*slots_.find(staged_[done]->aio_data), Call::io_submit,
         result == 0 ? EIO : static_cast<int>(-result));
  ++done;
  return true;
}

// A device gets what it is given when io_submit returns. So while it has nothing to do, it is given
// a part, with which it begins; the parts grow with what it has. Where requests complete inside
// io_submit there is no device to wait for, and all go out at once, until some do not.
[[gnu::noinline]] std::size_t Engine::flush_in_parts(std::size_t done) noexcept {
  while (done != staged_count_) {
    const std::size_t count = next_part(done);
    if (count == 0) break;
    const long result = submit(done, count);
    if (!account(result, done)) break;
    at_once_ = busy() == 0 ? limit_ : std::min(first_part_, limit_);
  }
  if (done != 0) std::copy(staged_.get() + done, staged_.get() + staged_count_, staged_.get());
  staged_count_ -= done;
  if (staged_count_ == 0) segments_used_ = 0;
  return staged_count_;
}

// Transfers that the kernel has and is not done with while the requests from `first` on are staged;
// or more: what is complete, but is not known to be no poll, counts.
std::size_t Engine::busy_at_most(std::size_t first) const noexcept {
  std::size_t polls = polls_;
  for (std::size_t index = first; polls != 0 && index < staged_count_; ++index) {
    if (is_poll(*staged_[index])) --polls;
  }
  return in_kernel_ - std::max(ring_.size(), polls);
}

// How many of the staged requests go into the next call; 0 if the kernel has as many as it may.
std::size_t Engine::next_part(std::size_t first) noexcept {
  std::size_t most = staged_count_ - first;
  const std::size_t working = busy_at_most(first);
  if (working + most > limit_ && !limit_is_known_) find_limit(first);
  if (working >= limit_) return 0;
  most = std::min(most, limit_ - working);
  if (at_once_ == limit_) return most;
  std::size_t count = std::min<std::size_t>(most, std::max<std::size_t>(first_part_, 2 * busy()));
  // The kernel makes one request of neighbours that come in one call.
  while (count < most && continues(*staged_[first + count - 1], *staged_[first + count])) ++count;
  return count;
}

// Where the staged requests are for a device whose queue is known, no more are sent than that takes
// without making io_submit wait. Polls do not tell.
void Engine::find_limit(std::size_t first) noexcept {
  while (first != staged_count_ && is_poll(*staged_[first])) ++first;
  if (first == staged_count_) return;
  limit_is_known_ = true;
  const bool at_once = at_once_ == limit_;
  const auto depth = queue_depth(static_cast<int>(staged_[first]->aio_fildes));
  limit_ = std::min(depth.value_or(capacity()), capacity());
  at_once_ = at_once ? limit_ : std::min(first_part_, limit_);
}

void Engine::refuse(Slot& slot, Call by, int error) noexcept {
  if (is_poll(slot.iocb)) end_poll();
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
