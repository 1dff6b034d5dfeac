// Ends a program that uses one context in two threads at once. Only where assertions are on.
#pragma once

#include <atomic>
#include <linux_aio/detail/fatal.hpp>

namespace linux_aio::detail {

/// Which thread is inside a context, if any. Of the same layout whatever NDEBUG says.
class ThreadCheck {
 public:
  /// While it lives its thread is inside; that of an outer call, too.
  class Use {
   public:
#if defined(NDEBUG)
    explicit Use(ThreadCheck& /*check*/) noexcept {}
#else
    explicit Use(ThreadCheck& check) noexcept : check_(check) {
      const void* inside = nullptr;
      outermost_ =
          check_.inside_.compare_exchange_strong(inside, this_thread(), std::memory_order_relaxed);
      if (!outermost_ && inside != this_thread()) {
        fatal("two threads use one Context at the same time: give each thread its own, or a lock");
      }
    }
    ~Use() {
      if (outermost_) check_.inside_.store(nullptr, std::memory_order_relaxed);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    ThreadCheck& check_;
    bool outermost_ = false;
#endif
  };

 private:
  [[nodiscard]] static const void* this_thread() noexcept {
    static thread_local const char place = 0;
    return &place;
  }

  std::atomic<const void*> inside_{nullptr};
};

}  // namespace linux_aio::detail
