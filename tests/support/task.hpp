// A coroutine for tests of co_await.
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

namespace linux_aio::testing {

/// The least that a task type can be: starts at once, keeps what it threw, and destroys what is
/// left of it.
class Task {
 public:
  struct promise_type {
    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_always final_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    void unhandled_exception() noexcept { thrown = std::current_exception(); }

    std::exception_ptr thrown;
  };

  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() { destroy(); }

  [[nodiscard]] bool done() const { return coroutine_.done(); }
  [[nodiscard]] std::exception_ptr thrown() const { return coroutine_.promise().thrown; }
  void destroy() {
    if (coroutine_) std::exchange(coroutine_, nullptr).destroy();
  }

 private:
  explicit Task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  std::coroutine_handle<promise_type> coroutine_;
};

}  // namespace linux_aio::testing
