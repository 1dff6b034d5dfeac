// The in-flight table: one slot per request, made once, so that no request allocates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <linux_aio/error.hpp>
#include <linux_aio/raw/abi.hpp>
#include <memory>
#include <new>

namespace linux_aio::detail {

class Engine;
struct Slot;

/// Ends the operation in `slot` and frees the slot: with its outcome, or nullptr to discard it.
using Finish = void (*)(Engine& engine, Slot& slot, const Result<std::size_t>* outcome) noexcept;

/// The place of one request while the context owns it. Its address is the request's identity to the
/// kernel (io_event.obj), so a slot never moves.
struct alignas(64) Slot {
  static constexpr std::size_t storage_size = 104;
  static constexpr std::size_t storage_alignment = 8;  // on 32-bit ABIs, too

  raw::iocb iocb;
  Finish finish;             // nullptr: the slot is free
  std::uint32_t generation;  // distinguishes the requests that used this slot
  std::uint32_t next;        // of the free or the refused slots
  std::uint32_t cancelled;   // generation + 1 of the request that the kernel was asked to cancel
  std::int16_t refusal;      // errno of a request that the kernel does not have, else 0
  Call refused_by;           // what refused it
  bool held;                 // it waits for the writes of its Commit
  alignas(storage_alignment) std::byte storage[storage_size];  // request and continuation

  [[nodiscard]] bool cancelling() const noexcept { return cancelled == generation + 1; }
};
static_assert(sizeof(Slot) == 192, "three cache lines a request");

/// A fixed number of slots, with a list of the free ones.
class SlotTable {
 public:
  static constexpr std::uint32_t none = 0xffff'ffff;

  /// Allocates the slots; valid() tells whether there was memory for them.
  explicit SlotTable(std::uint32_t capacity) noexcept;

  [[nodiscard]] bool valid() const noexcept { return slots_ != nullptr; }
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::uint32_t used() const noexcept { return used_; }
  [[nodiscard]] Slot& operator[](std::uint32_t index) noexcept { return slots_[index]; }
  [[nodiscard]] const Slot& operator[](std::uint32_t index) const noexcept { return slots_[index]; }

  /// Takes a free slot; nullptr if there is none.
  [[nodiscard]] Slot* acquire() noexcept {
    if (free_ == none) return nullptr;
    Slot& slot = slots_[free_];
    free_ = slot.next;
    ++used_;
    return &slot;
  }

  void release(Slot& slot) noexcept {
    slot.finish = nullptr;
    ++slot.generation;
    slot.next = free_;
    free_ = index_of(slot);
    --used_;
  }

  [[nodiscard]] std::uint32_t index_of(const Slot& slot) const noexcept {
    return static_cast<std::uint32_t>(&slot - slots_.get());
  }

  /// The number that identifies the request in `slot` in its io_event.
  [[nodiscard]] std::uint64_t tag_of(const Slot& slot) const noexcept {
    return std::uint64_t{slot.generation} << 32U | index_of(slot);
  }

  /// The slot whose request has `tag`; nullptr if no request in flight has it.
  [[nodiscard]] Slot* find(std::uint64_t tag) noexcept {
    const auto index = static_cast<std::uint32_t>(tag);
    if (index >= capacity_ || slots_[index].finish == nullptr) return nullptr;
    return tag_of(slots_[index]) == tag ? &slots_[index] : nullptr;
  }

 private:
  std::unique_ptr<Slot[]> slots_;
  std::uint32_t capacity_;
  std::uint32_t used_ = 0;
  std::uint32_t free_ = none;
};

}  // namespace linux_aio::detail
