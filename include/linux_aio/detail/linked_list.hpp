// RoomQueue: suspended coroutines whose requests wait for a slot, first come first served.
#pragma once

#include <linux_aio/detail/slot.hpp>

namespace linux_aio::detail {

/// A member of the queue; it lies in the coroutine's frame, so that waiting allocates nothing.
struct RoomWaiter {
  RoomWaiter* previous = nullptr;
  RoomWaiter* next = nullptr;
  bool queued = false;
  bool (*start)(RoomWaiter& waiter, Slot& slot) noexcept = nullptr;  // false: no room for segments
};

class RoomQueue {
 public:
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

  void push(RoomWaiter& waiter) noexcept {
    waiter.previous = last_;
    waiter.next = nullptr;
    waiter.queued = true;
    (last_ != nullptr ? last_->next : first_) = &waiter;
    last_ = &waiter;
  }

  void remove(RoomWaiter& waiter) noexcept {
    (waiter.previous != nullptr ? waiter.previous->next : first_) = waiter.next;
    (waiter.next != nullptr ? waiter.next->previous : last_) = waiter.previous;
    waiter.queued = false;
  }

  [[nodiscard]] RoomWaiter& front() noexcept { return *first_; }

 private:
  RoomWaiter* first_ = nullptr;
  RoomWaiter* last_ = nullptr;
};

}  // namespace linux_aio::detail
