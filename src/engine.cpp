#include <algorithm>
#include <cerrno>
#include <limits>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <new>
#include <utility>

namespace linux_aio::detail {
namespace {

using Clock = std::chrono::steady_clock;

// A relative time for the kernel. It takes a negative time for an endless one, so none is made.
raw::getevents_timespec time_until(Clock::time_point deadline) noexcept {
  using std::chrono::nanoseconds;
  using std::chrono::seconds;
  using Seconds = decltype(raw::getevents_timespec::tv_sec);
  using Nanoseconds = decltype(raw::getevents_timespec::tv_nsec);
  // Compared before subtracted: the difference of two times may not fit.
  const Clock::time_point now = Clock::now();
  const nanoseconds left = deadline > now ? nanoseconds(deadline - now) : nanoseconds(0);
  const seconds whole = std::chrono::floor<seconds>(left);
  const auto limit = static_cast<std::int64_t>(std::numeric_limits<Seconds>::max());
  return {.tv_sec = static_cast<Seconds>(std::min<std::int64_t>(whole.count(), limit)),
          .tv_nsec = static_cast<Nanoseconds>((left - whole).count())};
}

bool passed(const Engine::Deadline& deadline) noexcept {
  return deadline && Clock::now() >= *deadline;
}

}  // namespace

Engine::Engine(std::uint32_t capacity) noexcept
    : slots_(capacity), staged_(new(std::nothrow) raw::iocb*[capacity]) {}

Result<std::unique_ptr<Engine>> Engine::create(std::uint32_t capacity) noexcept {
  // The kernel's limit, checked here first: the table for more could be gigabytes.
  constexpr std::uint32_t most = 4'194'304;
  if (capacity == 0 || capacity > most) {
    return std::unexpected(Error(Call::io_setup, EINVAL, capacity));
  }
  std::unique_ptr<Engine> engine(new (std::nothrow) Engine(capacity));
  if (engine == nullptr || !engine->slots_.valid() || engine->staged_ == nullptr) {
    return std::unexpected(Error(Call::allocate, ENOMEM));
  }
  const long result = raw::io_setup(capacity, &engine->handle_);
  if (result < 0) {
    return std::unexpected(Error(Call::io_setup, static_cast<int>(-result), capacity));
  }
  return engine;
}

Engine::~Engine() {
  if (depth_ != 0) fatal("a Context was destroyed by one of its own continuations");
  if (!closed()) {
    // Only after io_destroy does the kernel no longer write to the buffers that are freed below. In
    // a forked child it fails with EINVAL, and the kernel uses nothing of that process.
    const long result = raw::io_destroy(std::exchange(handle_, 0));
    if (result < 0 && result != -EINVAL && in_kernel_ != 0) {
      fatal("io_destroy failed (a seccomp filter?) while the kernel uses buffers of the context");
    }
  }
  // What is discarded may own something that looks at the context while it is destroyed.
  staged_count_ = 0;
  in_kernel_ = 0;
  refused_ = 0;
  for (std::uint32_t index = 0; slots_.used() != 0; ++index) {
    Slot& slot = slots_[index];
    if (slot.finish != nullptr) slot.finish(*this, slot, nullptr);
  }
}

Slot* Engine::await_slot() noexcept {
  while (!closed()) {
    if (Slot* const slot = slots_.acquire(); slot != nullptr) return slot;
    ++runs_waiting_;
    wait_or_die();
    --runs_waiting_;
  }
  return nullptr;
}

void Engine::wait_or_die() noexcept {
  if (const Result<std::size_t> waited = wait(1, {}); !waited) {
    fatal(("run() cannot wait for its requests: " + waited.error().message()).c_str());
  }
}

Error Engine::refusal() const noexcept {
  return closed() ? Error(Call::submit, ESHUTDOWN) : Error(Call::submit, EAGAIN, capacity());
}

std::size_t Engine::flush() noexcept {
  std::size_t done = 0;
  while (done < staged_count_) {
    ++statistics_.io_submit_calls;
    const long result =
        raw::io_submit(handle_, static_cast<long>(staged_count_ - done), staged_.get() + done);
    if (result > 0) {
      done += static_cast<std::size_t>(result);
      in_kernel_ += static_cast<std::size_t>(result);
      statistics_.accepted += static_cast<std::size_t>(result);
      continue;
    }
    if (result == -EINTR) continue;
    // The kernel has no slot until one of ours completes; if none is there to complete, waiting
    // would never end, and the error is the request's.
    if (result == -EAGAIN && in_kernel_ != 0) break;
    refuse(*slots_.find(staged_[done]->aio_data), result == 0 ? EIO : static_cast<int>(-result));
    ++done;
  }
  if (done != 0) std::copy(staged_.get() + done, staged_.get() + staged_count_, staged_.get());
  staged_count_ -= done;
  return staged_count_;
}

void Engine::refuse(Slot& slot, int error) noexcept {
  slot.refusal = error;
  slot.next = SlotTable::none;
  const std::uint32_t index = slots_.index_of(slot);
  if (refused_ == 0) {
    refused_first_ = index;
  } else {
    slots_[refused_last_].next = index;
  }
  refused_last_ = index;
  ++refused_;
  ++statistics_.refused;
}

Result<std::size_t> Engine::wait(std::size_t at_least, Deadline deadline) noexcept {
  // Nothing completes in a closed context; requests that its destructor discards still count.
  if (at_least != 0 && (closed() || in_flight() == 0)) {
    return std::unexpected(Error(Call::wait, EDEADLK));
  }
  const std::size_t most = in_flight();  // what continuations submit is for the next call
  const std::size_t before = finished_;
  for (;;) {
    flush();
    finish_refused();
    finish_reaped();
    std::size_t done = finished_ - before;
    std::size_t missing = done < at_least ? at_least - done : 0;
    if (in_kernel_ == 0) {
      if (missing == 0 || in_flight() == 0 || passed(deadline)) return done;
      continue;  // continuations have staged more
    }
    // What is still staged can go out as soon as one request completes.
    missing = std::min(missing, staged_count_ != 0 ? 1 : in_kernel_);
    if (const Result<void> result = reap(missing, deadline); !result) {
      // The count of what did run would be lost; the next call has the error again.
      if (done != 0) return done;
      return std::unexpected(result.error());
    }
    const bool full = events_end_ == events_.size();
    finish_reaped();
    done = finished_ - before;
    const bool more = full && done < most;
    if (done >= at_least && !more) return done;
    // A short count alone says nothing: a signal makes one, too.
    if (passed(deadline)) return done;
  }
}

Result<void> Engine::reap(std::size_t at_least, const Deadline& deadline) noexcept {
  const std::size_t most = std::min(in_kernel_, events_.size());
  const std::size_t least = std::min(at_least, most);
  events_begin_ = 0;
  events_end_ = 0;
  for (;;) {
    raw::getevents_timespec timeout{};
    const bool endless = least != 0 && !deadline;
    if (least != 0 && deadline) timeout = time_until(*deadline);
    ++statistics_.io_getevents_calls;
    const long result =
        raw::io_getevents(handle_, static_cast<long>(least), static_cast<long>(most),
                          events_.data(), endless ? nullptr : &timeout);
    if (result >= 0) {
      events_end_ = static_cast<std::size_t>(result);
      return {};
    }
    if (result != -EINTR) {
      return std::unexpected(Error(Call::io_getevents, static_cast<int>(-result)));
    }
  }
}

void Engine::finish_refused() noexcept {
  // Only those that are there now: a continuation may add to the queue, and take from it.
  for (std::size_t count = refused_; count != 0 && refused_ != 0; --count) {
    Slot& slot = slots_[refused_first_];
    refused_first_ = slot.next;
    --refused_;
    finish(slot, std::unexpected(Error(Call::io_submit, slot.refusal, slot.iocb)));
  }
}

void Engine::finish_reaped() noexcept {
  while (events_begin_ != events_end_) {
    const raw::io_event event = events_[events_begin_++];
    Slot* slot = slots_.find(event.data);
    if (slot == nullptr) fatal("the kernel reported an event of no request in flight");
    --in_kernel_;
    if (event.res < 0) {
      const int error = static_cast<int>(-event.res);
      finish(*slot, std::unexpected(Error(Call::completion, error, slot->iocb)));
    } else {
      finish(*slot, static_cast<std::size_t>(event.res));
    }
  }
}

void Engine::finish(Slot& slot, const Result<std::size_t>& outcome) noexcept {
  ++finished_;
  ++depth_;
  slot.finish(*this, slot, &outcome);
  --depth_;
}

Result<void> Engine::close(Deadline deadline) noexcept {
  while (in_flight() != 0) {
    const Result<std::size_t> done = wait(in_flight(), deadline);
    if (!done) return std::unexpected(done.error());
    if (in_flight() != 0 && passed(deadline)) {
      return std::unexpected(Error(Call::close_context, ETIMEDOUT, in_flight()));
    }
  }
  if (closed()) return {};
  const long result = raw::io_destroy(std::exchange(handle_, 0));
  if (result < 0) return std::unexpected(Error(Call::io_destroy, static_cast<int>(-result)));
  return {};
}

}  // namespace linux_aio::detail
