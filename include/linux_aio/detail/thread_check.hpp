// Ends a program that uses one context in two threads at once. Only where assertions are on.
#pragma once

#include <atomic>
#include <linux_aio/detail/fatal.hpp>

namespace linux_aio::detail {

/// Which thread is inside a context, if any.
class ThreadCheck {
 public:
  /// While it lives its thread is inside; that of an outer call, too. A type of its own with and
  /// without the check, so that files compiled with and without NDEBUG may be linked.
  template <bool checks>
  class BasicUse {
   public:
    explicit BasicUse(ThreadCheck& check) noexcept : check_(check) {
      if constexpr (checks) enter();
    }
    ~BasicUse() {
      if (outermost_) check_.inside_.store(nullptr, std::memory_order_relaxed);
    }
    BasicUse(const BasicUse&) = delete;
    BasicUse& operator=(const BasicUse&) = delete;

   private:
    void enter() noexcept {
      const void* inside = nullptr;
      outermost_ =
          check_.inside_.compare_exchange_strong(inside, this_thread(), std::memory_order_relaxed);
      if (!outermost_ && inside != this_thread()) {
        fatal("two threads use one Context at the same time: give each thread its own, or a lock");
      }
    }

    ThreadCheck& check_;
    bool outermost_ = false;
  };
#if defined(NDEBUG)
  using Use = BasicUse<false>;
#else
  using Use = BasicUse<true>;
#endif

 private:
  [[nodiscard]] static const void* this_thread() noexcept {
    static thread_local const char place = 0;
    return &place;
  }

  std::atomic<const void*> inside_{nullptr};
};

}  // namespace linux_aio::detail
