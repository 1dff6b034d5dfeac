// co_await context.async(request): a request and its completion in a coroutine of any task type.
#pragma once

#include <coroutine>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/operation.hpp>
#include <linux_aio/detail/request.hpp>
#include <linux_aio/error.hpp>
#include <optional>
#include <utility>

namespace linux_aio {

/// What Context::async returns, to be awaited at once. Lies in the coroutine's frame.
///
/// The coroutine may be destroyed while it is suspended. The context keeps the request's buffer
/// until the kernel is done, and then frees it; what can be cancelled is: a poll, and what was not
/// yet sent, so that a File in the coroutine may go with it.
template <detail::Request R>
class [[nodiscard]] Async : private detail::RoomWaiter {
 public:
  /// @cond
  Async(detail::Engine& engine, R&& request) noexcept
      : engine_(engine), request_(std::move(request)) {
    start = &start_in_slot;
  }
  Async(const Async&) = delete;
  Async& operator=(const Async&) = delete;
  /// @endcond

  /// Leaves the request, if it is in flight, to the context.
  ~Async() {
    if (linked) engine_.forget(*this);
    if (slot_ == nullptr) return;
    detail::stored_in<Operation>(*slot_).awaiter = nullptr;
    // What is not yet sent must not be: the coroutine may own the file, and close it next.
    static_cast<void>(engine_.cancel(engine_.id_of(*slot_)));
  }

  /// @cond
  // What co_await needs.
  [[nodiscard]] constexpr bool await_ready() const noexcept { return false; }
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> coroutine) noexcept {
    coroutine_ = coroutine;
    if (engine_.usable()) {
      engine_.await_room(*this);
      return true;
    }
    completion_.emplace(
        std::move(request_.in_flight()).complete(std::unexpected(engine_.refusal())));
    return false;
  }
  [[nodiscard]] typename R::Completion await_resume() noexcept { return std::move(*completion_); }
  /// @endcond

 private:
  // What the slot holds.
  struct Operation {
    detail::InFlightOf<R> in_flight;
    Async* awaiter;

    static void finish(detail::Engine& engine, detail::Slot& slot,
                       detail::Outcome outcome) noexcept {
      detail::end(engine, detail::stored_in<Operation>(slot).in_flight);
      Operation operation = detail::take<Operation>(engine, slot);
      if (operation.awaiter == nullptr) return;
      operation.awaiter->slot_ = nullptr;
      if (outcome.discarded())
        return;  // the context was destroyed: whoever owns the coroutine ends it
      operation.awaiter->completion_.emplace(
          std::move(operation.in_flight).complete(outcome.result()));
      operation.awaiter->coroutine_.resume();
    }
  };

  static bool start_in_slot(detail::RoomWaiter& waiter, detail::Slot& slot) noexcept {
    auto& awaiter = static_cast<Async&>(waiter);
    if (!detail::begin(awaiter.engine_, slot, awaiter.request_)) return false;
    const detail::MoveCheck check(awaiter.request_.in_flight());
    detail::store<Operation>(slot, std::move(awaiter.request_.in_flight()), &awaiter);
    check.require_same(detail::stored_in<Operation>(slot).in_flight);
    awaiter.slot_ = &slot;
    awaiter.engine_.stage(slot);
    return true;
  }

  detail::Engine& engine_;
  R request_;
  std::coroutine_handle<> coroutine_;
  detail::Slot* slot_ = nullptr;  // while the request is in flight
  std::optional<typename R::Completion> completion_;
};

}  // namespace linux_aio
