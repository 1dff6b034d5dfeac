#include <algorithm>
#include <cerrno>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/detail/process.hpp>
#include <linux_aio/detail/request.hpp>
#include <linux_aio/raw/prep.hpp>
#include <linux_aio/raw/syscall.hpp>
#include <new>
#include <utility>

#include "src/submission.hpp"

namespace linux_aio::detail {
namespace {

// For whole vectored requests; they go out earlier than others where this is not enough.
constexpr std::size_t segment_capacity = 4096;

// Any device takes so many requests: which one it is need not be known.
constexpr std::uint32_t looked_at = 32;

// Not one of more segments than the kernel takes, which has none.
[[nodiscard]] bool has_segments(const raw::iocb& request) noexcept {
  const bool vectored = request.aio_lio_opcode == raw::iocb_cmd_preadv ||
                        request.aio_lio_opcode == raw::iocb_cmd_pwritev;
  return vectored && request.aio_nbytes <= most_segments;
}

}  // namespace

Engine::Engine(const ContextOptions& options) noexcept
    : process_mark_(process_mark()),
      made_in_(no_process),
      quiet_for_(no_process),
      measure_submission_(options.measure_submission),
      slots_(options.capacity),
      first_part_(options.first_part != 0 ? options.first_part : options.capacity),
      limit_(
          std::min(options.kernel_limit != 0 ? options.kernel_limit : looked_at, options.capacity)),
      limit_is_known_(options.kernel_limit != 0 || options.capacity <= looked_at),
      at_once_(std::min(first_part_, limit_)),
      spin_(std::min<std::chrono::nanoseconds>(options.spin, std::chrono::hours(1))),
      staged_(new(std::nothrow) raw::iocb*[options.capacity]),
      segments_(new(std::nothrow)::iovec[segment_capacity]) {}

Result<std::unique_ptr<Engine>> Engine::create(const ContextOptions& options) noexcept {
  // The kernel's limit, checked here first: the table for more could be gigabytes.
  if (options.capacity == 0 || options.capacity > SlotTable::most) {
    return std::unexpected(Error(Call::io_setup, EINVAL, options.capacity));
  }
  if (process_mark() == nullptr) return std::unexpected(Error(Call::allocate, ENOMEM));
  std::unique_ptr<Engine> engine(new (std::nothrow) Engine(options));
  if (engine == nullptr || !engine->slots_.valid() || engine->staged_ == nullptr ||
      engine->segments_ == nullptr) {
    return std::unexpected(Error(Call::allocate, ENOMEM));
  }
  const long result = raw::io_setup(options.capacity, &engine->handle_);
  if (result < 0) {
    return std::unexpected(Error(Call::io_setup, static_cast<int>(-result), options.capacity));
  }
  engine->made_in_ = engine->process_mark_->load(std::memory_order_relaxed);
  if (const CompletionRing ring(engine->handle_); ring.attached()) {
    ring.keep_from_children();
    if (options.reap_in_user_space) engine->ring_ = ring;
  }
  engine->settle();
  return engine;
}

Engine::~Engine() {
  if (depth_ != 0) fatal("a Context was destroyed by one of its own continuations");
  // Only after io_destroy does the kernel no longer write to the buffers that are freed below. It
  // uses nothing of a forked child.
  if (usable() && !destroy() && in_kernel_ != 0) {
    fatal("io_destroy failed (a seccomp filter?) while the kernel uses buffers of the context");
  }
  made_in_ = no_process;
  while (!room_queue_.empty()) room_queue_.remove(room_queue_.front());
  while (!commits_.empty()) end(commits_.front());
  // What is discarded may own something that looks at the context while it is destroyed.
  staged_count_ = 0;
  held_ = 0;
  in_kernel_ = 0;
  refused_ = 0;
  for (std::uint32_t index = 0; index < capacity(); ++index) {
    Slot& slot = slots_[index];
    if (slot.is_used()) slot.finish(*this, slot, Outcome::of_discarded());
  }
}

void Engine::settle() noexcept {
  const bool others = runs_waiting_ != 0 || !room_queue_.empty();
  const bool taken = events_begin_ != events_end_;
  quiet_for_ = ring_.attached() && !others && !taken && refused_ == 0 ? made_in_ : no_process;
}

Slot* Engine::acquire_behind_others() noexcept {
  serve_room_queue();
  settle();
  return take_free_slot();
}

Slot* Engine::take_free_slot() noexcept {
  const bool kept_for_runs = runs_waiting_ != 0 && in_flight() + runs_waiting_ >= capacity();
  return usable() && !kept_for_runs ? slots_.acquire() : nullptr;
}

Slot* Engine::await_freed_slot() noexcept {
  while (usable()) {
    if (Slot* const slot = slots_.acquire(); slot != nullptr) return slot;
    // Nothing will complete: all slots are held by commits that are open.
    if (ending() == 0) return nullptr;
    ++runs_waiting_;
    settle();
    wait_or_die();
    --runs_waiting_;
  }
  return nullptr;
}

::iovec* Engine::acquire_segments(std::size_t count) noexcept {
  if (count > segment_capacity - segments_used_ && flush() != 0) {
    close_gaps_between_segments();
    if (count > segment_capacity - segments_used_) return nullptr;
  }
  return segments_.get() + std::exchange(segments_used_, segments_used_ + count);
}

// Where something is always staged, no flush leaves the whole table free.
void Engine::close_gaps_between_segments() noexcept {
  segments_used_ = 0;
  for (std::size_t index = 0; index != staged_count_; ++index) {
    raw::iocb& request = *staged_[index];
    if (!has_segments(request)) continue;
    // They were taken in the order in which the requests are staged, so each moves down.
    const auto count = static_cast<std::size_t>(request.aio_nbytes);
    const auto bytes = static_cast<std::size_t>(request.aio_buf - raw::address_of(segments_.get()));
    const ::iovec* const first = segments_.get() + bytes / sizeof(::iovec);
    ::iovec* const moved = segments_.get() + segments_used_;
    std::copy(first, first + count, moved);
    request.aio_buf = raw::address_of(moved);
    segments_used_ += count;
  }
}

void Engine::sleep_or_die() noexcept {
  if (const Result<std::size_t> waited = wait(1, never); !waited) {
    fatal(("run() cannot wait for its requests: " + waited.error().message()).c_str());
  }
}

Error Engine::refusal() const noexcept {
  // Where slots are free, what is staged has all segments, or run() is waiting for room.
  if (usable()) return {Call::submit, EAGAIN, in_flight() < capacity() ? 0 : capacity()};
  return {Call::submit, closed() ? ESHUTDOWN : EINVAL};
}

void Engine::await_room(RoomWaiter& waiter) noexcept {
  const ThreadCheck::Use use(thread_check);
  room_queue_.push(waiter);
  serve_room_queue();
  settle();
}

void Engine::serve_room_queue() noexcept {
  while (!room_queue_.empty()) {
    Slot* const slot = take_free_slot();
    if (slot == nullptr) return;
    RoomWaiter& waiter = room_queue_.front();
    if (!waiter.start(waiter, *slot)) return slots_.release(*slot);
    room_queue_.remove(waiter);
  }
}

void Engine::hold(Slot& slot) noexcept {
  slot.set_mark(Slot::Mark::held);
  ++held_;
  slot.refusal = 0;
  slot.next = 1;  // how many keep it
}

void Engine::keep(RequestId held) noexcept {
  Slot* const slot = slots_.find(held.value());
  if (slot != nullptr && slot->is_marked(Slot::Mark::held)) ++slot->next;
}

void Engine::let_go(RequestId held, int error) noexcept {
  const ThreadCheck::Use use(thread_check);
  Slot* const slot = slots_.find(held.value());
  if (!usable() || slot == nullptr || !slot->is_marked(Slot::Mark::held)) return;  // or cancelled
  if (slot->refusal == 0) slot->refusal = static_cast<std::int16_t>(error);
  if (--slot->next != 0) return;
  slot->marked = 0;
  --held_;
  if (slot->refusal != 0) {
    slot->iocb.aio_nbytes = static_cast<std::uint64_t>(slot->refusal);  // for the message
    refuse(*slot, Call::commit, ECANCELED);
  } else {
    stage(*slot);
  }
}

Result<Cancel> Engine::cancel(RequestId request) noexcept {
  const ThreadCheck::Use use(thread_check);
  if (!usable() && !closed()) return std::unexpected(Error(Call::io_cancel, EINVAL));
  Slot* const slot = slots_.find(request.value());
  if (slot == nullptr) return Cancel::not_in_flight;
  if (slot->is_marked(Slot::Mark::cancelled)) return Cancel::requested;
  raw::iocb** const end = staged_.get() + staged_count_;
  raw::iocb** const staged = std::find(staged_.get(), end, &slot->iocb);
  if (slot->is_marked(Slot::Mark::held) || staged != end) {
    if (staged != end) {
      std::copy(staged + 1, end, staged);
      --staged_count_;
    } else {
      --held_;
    }
    slot->set_mark(Slot::Mark::cancelled);
    refuse(*slot, Call::completion, ECANCELED);
    return Cancel::requested;
  }
  if (slot->refusal != 0) return Cancel::not_cancellable;
  raw::io_event unused{};
  const long result = raw::io_cancel(handle_, &slot->iocb, &unused);
  if (result == -EINPROGRESS) {
    slot->set_mark(Slot::Mark::cancelled);
    return Cancel::requested;
  }
  if (result == -EINVAL) return Cancel::not_cancellable;
  return std::unexpected(Error(Call::io_cancel, static_cast<int>(-result)));
}

Result<void> Engine::cancel_polls() noexcept {
  Result<void> result;
  for_each_in_flight([&](const Slot& slot) {
    if (!is_poll(slot.iocb) || slot.is_marked(Slot::Mark::cancelled)) return;
    if (const auto asked = cancel(id_of(slot)); !asked) result = std::unexpected(asked.error());
  });
  return result;
}

Result<void> Engine::close(const Deadline& deadline) noexcept {
  const ThreadCheck::Use use(thread_check);
  if (closed()) return {};
  // A run() that waits for a slot, from one of whose continuations this is called, gets ESHUTDOWN;
  // until then it must not keep coroutines from theirs.
  const std::size_t runs_waiting = std::exchange(runs_waiting_, 0);
  const Result<void> completed = complete_all(deadline);
  runs_waiting_ = runs_waiting;
  settle();
  if (!completed || closed()) return completed;  // closed by a continuation
  return destroy();
}

Result<void> Engine::complete_all(const Deadline& deadline) noexcept {
  serve_room_queue();
  while (in_flight() != 0) {
    const Result<void> asked = cancel_polls();
    // Polls that cannot be cancelled may never complete, and are waited for until a deadline only.
    const bool for_others = !asked && !deadline;
    const std::size_t others = ending() > polls_ ? 1 : 0;
    // Not for what is held by a Commit: a continuation may poll again before that ends.
    const std::size_t at_least = for_others ? others : std::max<std::size_t>(ending(), 1);
    const Result<std::size_t> done = wait(at_least, deadline);
    if (!done) return std::unexpected(done.error());
    if (for_others && *done == 0) return asked;
    if (in_flight() != 0 && passed(deadline)) {
      return std::unexpected(Error(Call::close_context, ETIMEDOUT, in_flight()));
    }
  }
  return {};
}

Result<void> Engine::destroy() noexcept {
  if (!usable()) return std::unexpected(Error(Call::io_destroy, EINVAL));
  if (const long result = raw::io_destroy(handle_); result < 0) {
    return std::unexpected(Error(Call::io_destroy, static_cast<int>(-result)));
  }
  handle_ = 0;
  made_in_ = no_process;
  ring_ = {};
  settle();
  return {};
}

Statistics Engine::statistics() const noexcept {
  Statistics result = statistics_;
  // Counted so that reading the ring counts nothing. What a system call brought and is not yet
  // finished is in both of the others.
  const std::size_t unfinished = events_end_ - events_begin_;
  result.reaped_in_user_space =
      result.accepted - in_kernel_ - (result.reaped_by_system_call - unfinished);
  return result;
}

}  // namespace linux_aio::detail
