// The in-flight table: one slot per request, made once, so that no request allocates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <linux_aio/error.hpp>
#include <linux_aio/raw/abi.hpp>
#include <memory>
#include <new>

namespace linux_aio::detail {

class Engine;
struct Slot;

/// What became of a request, as two registers carry it.
class Outcome {
 public:
  explicit constexpr Outcome(std::size_t count) noexcept : count_(count) {}
  explicit constexpr Outcome(const Error& error) noexcept : error_(&error) {}

  /// Nobody is to be told: the request is given up with its context.
  [[nodiscard]] static constexpr Outcome of_discarded() noexcept {
    Outcome outcome(nothing_);
    outcome.count_ = 1;
    return outcome;
  }
  [[nodiscard]] constexpr bool discarded() const noexcept {
    return error_ != nullptr && count_ != 0;  // which result() makes one comparison of
  }

  [[nodiscard]] constexpr Result<std::size_t> result() const noexcept {
    if (error_ == nullptr) [[likely]]
      return count_;
    return std::unexpected(*error_);
  }

 private:
  static constexpr Error nothing_{Call::completion, 0};

  std::size_t count_ = 0;
  const Error* error_ = nullptr;
};

/// Ends the operation in `slot` and frees the slot.
using Finish = void (*)(Engine& engine, Slot& slot, Outcome outcome) noexcept;

/// The place of one request while the context owns it. Its address is the request's identity to the
/// kernel (io_event.obj), so a slot never moves.
struct alignas(64) Slot {
  static constexpr std::size_t storage_size = 104;
  static constexpr std::size_t storage_alignment = 8;  // on 32-bit ABIs, too

  enum class Mark : std::uint8_t {
    held,       // it waits for the writes of its Commit
    cancelled,  // the kernel was asked to cancel it
  };

  raw::iocb iocb;
  union {
    Finish finish;
    Slot* next_free;
  };
  std::uint32_t next;    // of the refused slots; how many keep one that is held
  std::int16_t refusal;  // errno of a request that the kernel does not have, else 0
  Call refused_by;       // what refused it
  Mark mark;
  std::uint64_t marked;  // the tag of the request that has the mark
  alignas(storage_alignment) std::byte storage[storage_size];  // request and continuation

  // A bit of the tag, below which is the slot's index. It is added when a slot is taken and when it
  // is free again, so that the bits above count the requests that used it.
  static constexpr std::uint64_t used = std::uint64_t{1} << 22U;

  // Identifies the request, and to the kernel too. Whoever fills the iocb leaves it.
  [[nodiscard]] std::uint64_t& tag() noexcept { return iocb.aio_data; }
  [[nodiscard]] std::uint64_t tag() const noexcept { return iocb.aio_data; }
  [[nodiscard]] bool is_used() const noexcept { return (tag() & used) != 0; }

  [[nodiscard]] bool is_marked(Mark wanted) const noexcept {
    return marked == tag() && mark == wanted;
  }
  void set_mark(Mark given) noexcept {
    mark = given;
    marked = tag();
  }
};
static_assert(sizeof(Slot) == 192, "three cache lines a request");

/// A fixed number of slots, with a list of the free ones.
class SlotTable {
 public:
  static constexpr std::uint32_t none = 0xffff'ffff;
  static constexpr std::uint32_t most = Slot::used;  // slots of a table

  /// Allocates the slots; valid() tells whether there was memory for them.
  explicit SlotTable(std::uint32_t capacity) noexcept;

  [[nodiscard]] bool valid() const noexcept { return slots_ != nullptr; }
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] Slot& operator[](std::uint32_t index) noexcept { return slots_[index]; }
  [[nodiscard]] const Slot& operator[](std::uint32_t index) const noexcept { return slots_[index]; }

  /// Takes a free slot; nullptr if there is none.
  [[nodiscard]] Slot* acquire() noexcept {
    Slot* const slot = free_;
    if (slot == nullptr) return nullptr;
    free_ = slot->next_free;
    slot->tag() += Slot::used;
    return slot;
  }

  void release(Slot& slot) noexcept {
    slot.tag() += Slot::used;
    slot.next_free = free_;
    free_ = &slot;
  }

  [[nodiscard]] static std::uint32_t index_of(const Slot& slot) noexcept {
    return static_cast<std::uint32_t>(slot.tag() & (Slot::used - 1));
  }

  /// The slot whose request has `tag`; nullptr if no request in flight has it.
  [[nodiscard]] Slot* find(std::uint64_t tag) noexcept {
    constexpr std::uint64_t mask = 2 * Slot::used - 1;
    const auto index = static_cast<std::uint32_t>((tag - Slot::used) & mask);  // free: too large
    if (index >= capacity_ || slots_[index].tag() != tag) return nullptr;
    return &slots_[index];
  }

 private:
  std::unique_ptr<Slot[]> slots_;
  std::uint32_t capacity_;
  Slot* free_ = nullptr;
};

}  // namespace linux_aio::detail
