// Engine: the part of a Context that knows no types. It stages, submits, reaps and accounts.
#pragma once

#include <sys/uio.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <linux_aio/context_options.hpp>
#include <linux_aio/detail/linked_list.hpp>
#include <linux_aio/detail/ring.hpp>
#include <linux_aio/detail/slot.hpp>
#include <linux_aio/detail/thread_check.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/raw/abi.hpp>
#include <linux_aio/request_id.hpp>
#include <linux_aio/statistics.hpp>
#include <memory>
#include <optional>

namespace linux_aio::detail {

/// A request that waits for a slot, in the frame of its coroutine.
struct RoomWaiter : Link<RoomWaiter> {
  bool (*start)(RoomWaiter& waiter, Slot& slot) noexcept = nullptr;  // false: no room for segments
};

/// A Commit that is neither sealed nor abandoned. Its engine takes itself away when it ends first.
struct OpenCommit : Link<OpenCommit> {
  Engine* engine = nullptr;
};

/// Every request in `slots_` is in exactly one state: held (by a Commit), staged (not yet given to
/// the kernel), in the kernel, refused (the kernel does not have it), and leaves the table when its
/// operation is finished.
class Engine {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  static constexpr Deadline never{};

  [[nodiscard]] static Result<std::unique_ptr<Engine>> create(
      const ContextOptions& options) noexcept;

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// A free slot; nullptr if there is none for the asker (refusal()).
  [[nodiscard]] Slot* acquire() noexcept {
    return quiet() ? slots_.acquire() : acquire_behind_others();
  }

  /// A slot for run(), which waits for one if the table is full; nullptr if the context is not
  /// usable, or full of what no wait completes. Meanwhile nobody else gets one: continuations that
  /// submit again would take each that is freed.
  [[nodiscard]] Slot* await_slot() noexcept {
    const ThreadCheck::Use use(thread_check);
    Slot* const slot = acquire();
    return slot != nullptr ? slot : await_freed_slot();
  }

  /// Room for `count` segments of a request, which lasts until the request is flushed; nullptr if
  /// there is none even after a flush, because the kernel takes no more requests.
  [[nodiscard]] ::iovec* acquire_segments(std::size_t count) noexcept;

  /// Waits until a continuation has run. While run() lends memory to the kernel there is no way
  /// back but completion, so where waiting fails it ends the program.
  void wait_or_die() noexcept {
    const ThreadCheck::Use use(thread_check);
    if (!quiet() || finish_without_waiting() == 0) sleep_or_die();
  }

  /// Why there was no slot, or no segments.
  [[nodiscard]] Error refusal() const noexcept;

  /// Queues the request whose operation was placed in `slot`.
  void stage(Slot& slot) noexcept {
    staged_[staged_count_] = &slot.iocb;
    ++staged_count_;
  }

  [[nodiscard]] static RequestId id_of(const Slot& slot) noexcept { return RequestId(slot.tag()); }

  void release(Slot& slot) noexcept { slots_.release(slot); }

  /// Counts polls that are staged or in the kernel, which may have them without end: neither a
  /// device nor a limit knows them.
  void add_poll() noexcept { ++polls_; }
  void end_poll() noexcept { --polls_; }

  /// A free slot, if it is clear at a glance that there is one and nobody else waits for it.
  [[nodiscard]] Slot* acquire_at_once() noexcept { return quiet() ? slots_.acquire() : nullptr; }

  /// Starts `waiter` as soon as there is room for it, which may be at once.
  void await_room(RoomWaiter& waiter) noexcept;
  void forget(RoomWaiter& waiter) noexcept { room_queue_.remove(waiter); }

  void open(OpenCommit& commit) noexcept {
    commit.engine = this;
    commits_.push(commit);
  }
  void end(OpenCommit& commit) noexcept {
    commit.engine = nullptr;
    commits_.remove(commit);
  }

  /// False once closed, and in a forked child.
  [[nodiscard]] bool usable() const noexcept {
    return process_mark_->load(std::memory_order_relaxed) == made_in_;
  }

  /// Keeps the request in `slot` until let_go() was called once more than keep(); refuses it then,
  /// if one of the calls said an error.
  void hold(Slot& slot) noexcept;
  void keep(RequestId held) noexcept;
  void let_go(RequestId held, int error) noexcept;

  std::size_t flush() noexcept;
  Result<std::size_t> wait(std::size_t at_least, const Deadline& deadline) noexcept {
    const ThreadCheck::Use use(thread_check);
    // Often all completes inside io_submit, or while this thread did something else.
    const std::size_t before = finished_;
    const std::size_t done = quiet() ? finish_without_waiting() : 0;
    return done != 0 && done >= at_least ? done : wait_since(before, at_least, deadline, nullptr);
  }
  Result<std::size_t> wait(std::size_t at_least, const Deadline& deadline,
                           const ::sigset_t& signals) noexcept {
    const ThreadCheck::Use use(thread_check);
    return wait_since(finished_, at_least, deadline, &signals);
  }
  Result<Cancel> cancel(RequestId request) noexcept;
  Result<void> close(const Deadline& deadline) noexcept;

  Result<std::size_t> poll() noexcept {
    if (!quiet()) return poll_behind_others();
    if ((staged_count_ | ring_.lag()) == 0) return 0;
    const ThreadCheck::Use use(thread_check);
    const std::size_t done = finish_without_waiting();
    if (staged_count_ != 0) flush();  // what continuations have submitted
    return done;
  }

  /// Requests that the kernel has yet to get: it has no room, a Commit holds them, or they wait for
  /// a slot.
  [[nodiscard]] std::size_t unsent() const noexcept {
    return staged_count_ + held_ + room_queue_.size();
  }

  /// While it lives a continuation runs, which must not destroy the context.
  class Running {
   public:
    explicit Running(Engine& engine) noexcept : depth_(engine.depth_) { ++depth_; }
    ~Running() { --depth_; }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    std::size_t& depth_;
  };

  [[nodiscard]] bool closed() const noexcept { return handle_ == 0; }
  [[nodiscard]] std::size_t in_flight() const noexcept { return ending() + held_; }
  [[nodiscard]] std::uint32_t capacity() const noexcept { return slots_.capacity(); }
  [[nodiscard]] Statistics statistics() const noexcept;

  /// Calls `visit(slot)` for each request in flight.
  template <class Visit>
  void for_each_in_flight(Visit&& visit) const {
    for (std::uint32_t index = 0; index < capacity(); ++index) {
      if (slots_[index].is_used()) visit(slots_[index]);
    }
  }

  ThreadCheck thread_check;

 private:
  static constexpr std::uint32_t no_process = 0xffff'ffff;

  explicit Engine(const ContextOptions& options) noexcept;

  [[nodiscard]] static bool passed(const Deadline& deadline) noexcept {
    return deadline && std::chrono::steady_clock::now() >= *deadline;
  }

  /// Requests that waiting completes: all that are in flight but those that a Commit holds.
  [[nodiscard]] std::size_t ending() const noexcept {
    return in_kernel_ + staged_count_ + refused_;
  }

  /// Whether it is usable(), what completes shows in the ring and nowhere else, and a slot that is
  /// free is for whoever asks. Where that ends settle() is called; where it begins again, later.
  [[nodiscard]] bool quiet() const noexcept {
    return process_mark_->load(std::memory_order_relaxed) == quiet_for_;
  }

  void settle() noexcept;
  [[nodiscard]] Slot* acquire_behind_others() noexcept;
  [[nodiscard]] Result<std::size_t> poll_behind_others() noexcept;
  [[nodiscard]] Slot* take_free_slot() noexcept;
  void close_gaps_between_segments() noexcept;
  [[nodiscard]] Slot* await_freed_slot() noexcept;
  void sleep_or_die() noexcept;
  void serve_room_queue() noexcept;
  [[nodiscard]] long submit(std::size_t first, std::size_t count) noexcept;
  [[nodiscard]] long measured_submit(long count, raw::iocb** requests) noexcept;
  [[nodiscard]] bool account(long result, std::size_t& done) noexcept;
  std::size_t flush_staged() noexcept;
  std::size_t flush_after(long result) noexcept;
  std::size_t flush_in_parts(std::size_t done) noexcept;
  [[nodiscard]] std::size_t next_part(std::size_t first) noexcept;
  [[nodiscard]] std::size_t busy() const noexcept;
  [[nodiscard]] std::size_t busy_at_most(std::size_t first) const noexcept;
  void find_limit(std::size_t first) noexcept;
  void refuse(Slot& slot, Call by, int error) noexcept;
  std::size_t finish_without_waiting() noexcept;
  void finish_refused() noexcept;
  void finish_ready() noexcept;
  void finish_taken() noexcept;
  void finish(const raw::io_event& event) noexcept;
  void finish_without_bytes(Slot& slot, std::int64_t result) noexcept;
  Result<std::size_t> wait_since(std::size_t before, std::size_t at_least, const Deadline& deadline,
                                 const ::sigset_t* signals) noexcept;
  Result<void> reap(std::size_t at_least, const Deadline& deadline,
                    const ::sigset_t* signals) noexcept;
  [[nodiscard]] bool spin(std::size_t at_least, const Deadline& deadline) const noexcept;
  Result<void> cancel_polls() noexcept;
  Result<void> complete_all(const Deadline& deadline) noexcept;
  Result<void> destroy() noexcept;

  raw::aio_context_t handle_ = 0;
  const std::atomic<std::uint32_t>* process_mark_;
  std::uint32_t made_in_;
  std::uint32_t quiet_for_;  // made_in_, or no_process until settle() finds nothing more to look at
  bool measure_submission_;
  CompletionRing ring_;
  SlotTable slots_;

  // How submission suits the device: see flush_in_parts().
  std::uint32_t first_part_;
  std::uint32_t limit_;  // of transfers in the kernel
  bool limit_is_known_;
  std::size_t at_once_;    // with so many in the kernel at most, all that is staged is one call
  std::size_t polls_ = 0;  // staged, and in the kernel
  std::chrono::nanoseconds spin_;

  std::unique_ptr<raw::iocb*[]> staged_;  // as many as slots
  std::size_t staged_count_ = 0;
  std::unique_ptr<::iovec[]> segments_;  // of staged requests
  std::size_t segments_used_ = 0;

  std::size_t held_ = 0;       // by a Commit
  std::size_t in_kernel_ = 0;  // accepted by io_submit, and not yet finished

  std::uint32_t refused_first_ = SlotTable::none;  // a queue through Slot::next
  std::uint32_t refused_last_ = SlotTable::none;
  std::size_t refused_ = 0;

  // Those of events_ that are not yet finished.
  std::size_t events_begin_ = 0;
  std::size_t events_end_ = 0;

  LinkedList<RoomWaiter> room_queue_;
  LinkedList<OpenCommit> commits_;
  std::size_t finished_ = 0;      // operations so far, however deep
  std::size_t runs_waiting_ = 0;  // for a slot
  std::size_t depth_ = 0;         // of continuations that are running
  Statistics statistics_;

  // What a system call took from the kernel. It is kept here, not on the stack of the loop that
  // runs continuations, because a continuation may itself wait for it; and behind what each request
  // touches.
  std::array<raw::io_event, 64> events_{};
};

}  // namespace linux_aio::detail
