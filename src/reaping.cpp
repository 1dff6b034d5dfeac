// The part of Engine that takes completions from the kernel and finishes their operations.
#include <algorithm>
#include <cerrno>
#include <limits>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/raw/prep.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <utility>

#include "src/submission.hpp"

namespace linux_aio::detail {
namespace {

using Clock = std::chrono::steady_clock;

// A relative time for the kernel. It takes a negative time for an endless one, so none is made.
template <class Timespec>
Timespec time_until(Clock::time_point deadline) noexcept {
  using std::chrono::nanoseconds;
  using std::chrono::seconds;
  using Seconds = decltype(Timespec::tv_sec);
  using Nanoseconds = decltype(Timespec::tv_nsec);
  // Compared before subtracted: the difference of two times may not fit.
  const Clock::time_point now = Clock::now();
  const nanoseconds left = deadline > now ? nanoseconds(deadline - now) : nanoseconds(0);
  const seconds whole = std::chrono::floor<seconds>(left);
  const auto limit = static_cast<std::int64_t>(std::numeric_limits<Seconds>::max());
  return {.tv_sec = static_cast<Seconds>(std::min<std::int64_t>(whole.count(), limit)),
          .tv_nsec = static_cast<Nanoseconds>((left - whole).count())};
}

// What one call asks of the kernel.
struct Ask {
  raw::aio_context_t handle;
  std::size_t at_least;
  std::size_t most;
  raw::io_event* events;
  const Engine::Deadline& deadline;
};

// Calls `wait` (handle, least, most, events, timeout) with the time that is left.
template <class Timespec, class Wait>
long timed(const Ask& ask, Wait wait) noexcept {
  Timespec timeout{};
  const bool endless = ask.at_least != 0 && !ask.deadline;
  if (ask.at_least != 0 && ask.deadline) timeout = time_until<Timespec>(*ask.deadline);
  return wait(ask.handle, static_cast<long>(ask.at_least), static_cast<long>(ask.most), ask.events,
              endless ? nullptr : &timeout);
}

long wait_with_mask(const Ask& ask, const ::sigset_t* signals) noexcept {
  raw::aio_sigset mask{};
  if (signals != nullptr) {
    mask.sigmask = static_cast<raw::kernel_ulong_t>(raw::address_of(signals));
    mask.sigsetsize = raw::kernel_sigset_size;
  }
  const raw::aio_sigset* const given = signals != nullptr ? &mask : nullptr;
  // 32-bit ABIs with a 64-bit time have a call of their own.
  if constexpr (raw::nr_io_pgetevents_time64 != raw::nr_absent) {
    const auto result = timed<raw::kernel_timespec>(
        ask, [given](auto... arguments) { return raw::io_pgetevents_time64(arguments..., given); });
    if (result != -ENOSYS || raw::nr_io_pgetevents == raw::nr_absent) return result;
  }
  return timed<raw::pgetevents_timespec>(
      ask, [given](auto... arguments) { return raw::io_pgetevents(arguments..., given); });
}

long wait_for_events(const Ask& ask, const ::sigset_t* signals) noexcept {
  constexpr bool has_plain_call = raw::nr_io_getevents != raw::nr_absent;  // not on riscv32
  if (!has_plain_call || signals != nullptr) return wait_with_mask(ask, signals);
  return timed<raw::getevents_timespec>(
      ask, [](auto... arguments) { return raw::io_getevents(arguments...); });
}

// Tells the processor that this is a loop which waits.
void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

}  // namespace

[[gnu::always_inline]] inline void Engine::finish(const raw::io_event& event) noexcept {
  Slot* const slot = slots_.find(event.data);
  if (slot == nullptr) fatal("the kernel reported an event of no request in flight");
  --in_kernel_;
  if (event.res > 0) {
    slot->finish(*this, *slot, Outcome(static_cast<std::size_t>(event.res)));
  } else {
    finish_without_bytes(*slot, event.res);
  }
}

[[gnu::always_inline]] inline void Engine::finish_ready() noexcept {
  ++depth_;
  if (events_begin_ != events_end_) finish_taken();
  // What continuations submit is for the next call.
  const std::size_t most = in_kernel_;
  std::size_t left = most;
  raw::io_event event{};
  for (; left != 0 && ring_.take(event); --left) finish(event);
  --depth_;
  finished_ += most - left;
  if (!room_queue_.empty()) serve_room_queue();
}

// What is complete in the kernel, and what it refused.
std::size_t Engine::finish_without_waiting() noexcept {
  const std::size_t before = finished_;
  if (staged_count_ != 0) flush_staged();
  if (refused_ != 0) finish_refused();
  finish_ready();
  return finished_ - before;
}

Result<std::size_t> Engine::poll_behind_others() noexcept {
  const Result<std::size_t> done = wait(0, never);
  if (staged_count_ != 0) flush();
  return done;
}

// Waits until `at_least` operations have finished since there were `before`.
Result<std::size_t> Engine::wait_since(std::size_t before, std::size_t at_least,
                                       const Deadline& deadline,
                                       const ::sigset_t* signals) noexcept {
  settle();
  serve_room_queue();
  // Nothing completes in a closed context; requests that its destructor discards still count.
  if (!usable() || in_flight() == 0) {
    if (finished_ != before) return finished_ - before;
    if (!usable() && !closed()) return std::unexpected(Error(Call::wait, EINVAL));
    if (at_least == 0) return 0;
    return std::unexpected(Error(Call::wait, EDEADLK));
  }
  const std::size_t most = in_flight();  // what continuations submit is for the next call
  for (;;) {
    finish_without_waiting();
    std::size_t done = finished_ - before;
    if (in_kernel_ == 0) {
      const bool nothing_left = ending() == 0;
      // What is held by a Commit that is still open does not come by waiting.
      if (nothing_left && done == 0 && at_least != 0) {
        return std::unexpected(Error(Call::wait, EDEADLK));
      }
      if (done >= at_least || nothing_left || passed(deadline)) return done;
      continue;  // continuations have staged more
    }
    if (ring_.attached() && done >= at_least) return done;
    if (done < at_least) {
      flush();  // what continuations have staged: it may be what is waited for
      if (refused_ != 0 && !passed(deadline)) continue;
    }
    // What the kernel has yet to get can go out as soon as one request completes.
    const std::size_t missing =
        std::min(done < at_least ? at_least - done : 0, unsent() != 0 ? 1 : in_kernel_);
    const bool spins = missing != 0 && signals == nullptr;  // whose mask is the kernel's to set
    if (spins && spin(missing, deadline) && !passed(deadline)) continue;
    if (const Result<void> result = reap(missing, deadline, signals); !result) {
      // The count of what did run would be lost; the next call has the error again.
      if (done != 0) return done;
      return std::unexpected(result.error());
    }
    const bool full = events_end_ == events_.size();
    finish_ready();
    done = finished_ - before;
    const bool more = full && done < most;
    if (done >= at_least && !more) return done;
    // With a mask a signal may have been handled, whatever the count says.
    if (passed(deadline) || signals != nullptr) return done;
  }
}

// Looks at the ring for a while. True if as many are there as are waited for.
bool Engine::spin(std::size_t at_least, const Deadline& deadline) const noexcept {
  if (spin_ <= spin_.zero() || !ring_.attached()) return false;
  Clock::time_point end = Clock::now() + spin_;
  if (deadline) end = std::min(end, *deadline);
  do {
    for (int look = 0; look < 64; ++look) {
      if (ring_.size() >= at_least) return true;
      relax();
    }
  } while (Clock::now() < end);
  return false;
}

Result<void> Engine::reap(std::size_t at_least, const Deadline& deadline,
                          const ::sigset_t* signals) noexcept {
  const std::size_t most = std::min(in_kernel_, events_.size());
  const Ask ask{handle_, std::min(at_least, most), most, events_.data(), deadline};
  events_begin_ = 0;
  events_end_ = 0;
  for (;;) {
    ++statistics_.io_getevents_calls;
    const long result = wait_for_events(ask, signals);
    if (result >= 0) {
      events_end_ = static_cast<std::size_t>(result);
      statistics_.reaped_by_system_call += events_end_;
      settle();
      return {};
    }
    if (result != -EINTR || signals != nullptr) {
      const Call call = signals != nullptr ? Call::io_pgetevents : Call::io_getevents;
      return std::unexpected(Error(call, static_cast<int>(-result)));
    }
  }
}

void Engine::finish_refused() noexcept {
  // Only those that are there now: a continuation may add to the queue, and take from it.
  for (std::size_t count = refused_; count != 0 && refused_ != 0; --count) {
    Slot& slot = slots_[refused_first_];
    refused_first_ = slot.next;
    --refused_;
    const Error error(slot.refused_by, slot.refusal, slot.iocb);
    slot.refusal = 0;
    if (is_poll(slot.iocb)) add_poll();  // which its operation ends
    ++finished_;
    const Running running(*this);
    slot.finish(*this, slot, Outcome(error));
  }
}

// What a system call brought is finished to the last, for the next one overwrites it. Where a
// continuation makes that, it finishes these first.
[[gnu::noinline]] void Engine::finish_taken() noexcept {
  for (; events_begin_ != events_end_; ++finished_) finish(events_[events_begin_++]);
}

void Engine::finish_without_bytes(Slot& slot, std::int64_t result) noexcept {
  const bool cancelled = slot.is_marked(Slot::Mark::cancelled);
  if (result == 0 && !cancelled) return slot.finish(*this, slot, Outcome(0));
  // A cancelled poll reports that nothing is ready.
  const int code = result == 0 ? ECANCELED : static_cast<int>(-result);
  const Error error(Call::completion, code, slot.iocb);
  slot.finish(*this, slot, Outcome(error));
}

}  // namespace linux_aio::detail
