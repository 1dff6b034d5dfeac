// LinkedList: objects that are elsewhere, in the order in which they came. Allocates nothing.
#pragma once

#include <cstddef>

namespace linux_aio::detail {

/// What a member of a list has, by deriving from it.
template <class T>
struct Link {
  T* previous = nullptr;
  T* next = nullptr;
  bool linked = false;
};

template <class T>
class LinkedList {
 public:
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] T& front() noexcept { return *first_; }

  void push(T& member) noexcept {
    member.previous = last_;
    member.next = nullptr;
    member.linked = true;
    (last_ != nullptr ? last_->next : first_) = &member;
    last_ = &member;
    ++size_;
  }

  void remove(T& member) noexcept {
    (member.previous != nullptr ? member.previous->next : first_) = member.next;
    (member.next != nullptr ? member.next->previous : last_) = member.previous;
    member.linked = false;
    --size_;
  }

 private:
  T* first_ = nullptr;
  T* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace linux_aio::detail
