// Engine: the part of a Context that knows no types. It stages, submits, reaps and accounts.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <linux_aio/detail/slot.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/raw/abi.hpp>
#include <linux_aio/statistics.hpp>
#include <memory>
#include <optional>

namespace linux_aio::detail {

/// Every request in `slots_` is in exactly one state: staged (not yet given to the kernel), in the
/// kernel, refused (io_submit said no), and leaves the table when its operation is finished.
class Engine {
 public:
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;

  [[nodiscard]] static Result<std::unique_ptr<Engine>> create(std::uint32_t capacity) noexcept;

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// A free slot for submit(); nullptr if the table is full or the context is closed (refusal()).
  [[nodiscard]] Slot* acquire() noexcept {
    return closed() || runs_waiting_ != 0 ? nullptr : slots_.acquire();
  }

  /// A slot for run(), which waits for one if the table is full; nullptr if the context is closed.
  /// Meanwhile submit() gets none: continuations that submit again would take each that is freed.
  [[nodiscard]] Slot* await_slot() noexcept;

  /// Waits until a continuation has run. While run() lends memory to the kernel there is no way
  /// back but completion, so where waiting fails it ends the program.
  void wait_or_die() noexcept;

  /// Why there was no slot.
  [[nodiscard]] Error refusal() const noexcept;

  /// Queues the request whose operation was placed in `slot`.
  void stage(Slot& slot) noexcept {
    slot.iocb.aio_data = slots_.tag_of(slot);
    staged_[staged_count_++] = &slot.iocb;
  }

  void release(Slot& slot) noexcept { slots_.release(slot); }

  std::size_t flush() noexcept;
  Result<std::size_t> wait(std::size_t at_least, Deadline deadline) noexcept;
  Result<void> close(Deadline deadline) noexcept;

  [[nodiscard]] bool closed() const noexcept { return handle_ == 0; }
  [[nodiscard]] std::uint32_t in_flight() const noexcept { return slots_.used(); }
  [[nodiscard]] std::uint32_t capacity() const noexcept { return slots_.capacity(); }
  [[nodiscard]] const Statistics& statistics() const noexcept { return statistics_; }

 private:
  explicit Engine(std::uint32_t capacity) noexcept;

  void refuse(Slot& slot, int error) noexcept;
  void finish_refused() noexcept;
  void finish_reaped() noexcept;
  Result<void> reap(std::size_t at_least, const Deadline& deadline) noexcept;
  void finish(Slot& slot, const Result<std::size_t>& outcome) noexcept;

  raw::aio_context_t handle_ = 0;
  SlotTable slots_;

  std::unique_ptr<raw::iocb*[]> staged_;  // as many as slots
  std::size_t staged_count_ = 0;

  std::size_t in_kernel_ = 0;  // accepted by io_submit, and not yet finished

  std::uint32_t refused_first_ = SlotTable::none;  // a queue through Slot::next
  std::uint32_t refused_last_ = SlotTable::none;
  std::size_t refused_ = 0;

  // Events taken from the kernel and not yet finished. They are kept here, not on the stack of the
  // loop that runs continuations, because a continuation may itself wait for them.
  std::array<raw::io_event, 64> events_{};
  std::size_t events_begin_ = 0;
  std::size_t events_end_ = 0;

  std::size_t runs_waiting_ = 0;  // for a slot
  std::size_t depth_ = 0;         // of continuations that are running
  std::size_t finished_ = 0;      // operations so far, however deep
  Statistics statistics_;
};

}  // namespace linux_aio::detail
