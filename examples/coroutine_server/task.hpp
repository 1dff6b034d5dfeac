// Task: a coroutine that begins at once and that others can await. linux_aio brings no task type
// and works with any.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace coroutine_server {

/// Owns a coroutine that returns a T. Destroying it ends the coroutine where it is suspended.
template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type {  // NOLINT(*-identifier-naming): the language's name
    std::optional<T> value;
    std::coroutine_handle<> awaiting = std::noop_coroutine();

    Task get_return_object() noexcept {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    auto final_suspend() const noexcept {
      struct ResumeWhoAwaits {
        bool await_ready() const noexcept { return false; }
        std::coroutine_handle<> await_suspend(
            std::coroutine_handle<promise_type> done) const noexcept {
          return done.promise().awaiting;
        }
        void await_resume() const noexcept {}
      };
      return ResumeWhoAwaits();
    }
    void return_value(T result) noexcept { value.emplace(std::move(result)); }
    [[noreturn]] static void unhandled_exception() noexcept { std::terminate(); }
  };

  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  [[nodiscard]] bool done() const noexcept { return coroutine_.done(); }

  /// What it returned; once, when it is done.
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is done, so it has returned
  [[nodiscard]] T take() noexcept { return std::move(*coroutine_.promise().value); }

  // What co_await needs.
  [[nodiscard]] bool await_ready() const noexcept { return done(); }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept {
    coroutine_.promise().awaiting = awaiting;
  }
  [[nodiscard]] T await_resume() noexcept { return take(); }

 private:
  explicit Task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}

  std::coroutine_handle<promise_type> coroutine_;
};

}  // namespace coroutine_server
