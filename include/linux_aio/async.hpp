// co_await context.async(request): a request and its completion in a coroutine of any task type.
#pragma once

#include <coroutine>
#include <cstddef>
#include <expected>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/operation.hpp>
#include <linux_aio/detail/request.hpp>
#include <linux_aio/error.hpp>
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
    const detail::MoveCheck check(request_.in_flight());
    detail::store<Abandoned>(*slot_, std::move(request_.in_flight()));
    check.require_same(detail::stored_in<Abandoned>(*slot_).in_flight);
    // What is not yet sent must not be: the coroutine may own the file, and close it next.
    static_cast<void>(engine_.cancel(engine_.id_of(*slot_)));
  }

  /// @cond
  // What co_await needs.
  [[nodiscard]] constexpr bool await_ready() const noexcept { return false; }
  [[nodiscard]] bool await_suspend(std::coroutine_handle<> coroutine) noexcept {
    coroutine_ = coroutine;
    if (start_at_once()) return true;
    if (engine_.usable()) {
      engine_.await_room(*this);
      return true;
    }
    result_ = std::unexpected(engine_.refusal());
    return false;
  }
  [[nodiscard]] typename R::Completion await_resume() noexcept {
    return std::move(request_.in_flight()).complete(result_);
  }
  /// @endcond

 private:
  // What the slot holds while the coroutine keeps the request.
  struct Awaited {
    Async* awaiter;

    static void finish(detail::Engine& engine, detail::Slot& slot,
                       detail::Outcome outcome) noexcept {
      Async& awaiter = *detail::take<Awaited>(engine, slot).awaiter;
      detail::end(engine, awaiter.request_.in_flight());
      awaiter.slot_ = nullptr;
      // If the context was destroyed: whoever owns the coroutine ends it.
      if (outcome.discarded()) return;
      awaiter.result_ = outcome.result();
      awaiter.coroutine_.resume();
    }
  };

  // What it holds when the coroutine is gone and the kernel is not done.
  struct Abandoned {
    detail::InFlightOf<R> in_flight;

    static void finish(detail::Engine& engine, detail::Slot& slot,
                       detail::Outcome /*outcome*/) noexcept {
      detail::end(engine, detail::stored_in<Abandoned>(slot).in_flight);
      static_cast<void>(detail::take<Abandoned>(engine, slot));
    }
  };

  static bool start_in_slot(detail::RoomWaiter& waiter, detail::Slot& slot) noexcept {
    return static_cast<Async&>(waiter).start_in(slot);
  }

  [[nodiscard]] bool start_at_once() noexcept {
    const detail::ThreadCheck::Use use(engine_.thread_check);
    detail::Slot* const slot = engine_.acquire_at_once();
    if (slot == nullptr) return false;
    if (start_in(*slot)) return true;
    engine_.release(*slot);
    return false;
  }

  [[nodiscard]] bool start_in(detail::Slot& slot) noexcept {
    if (!detail::begin(engine_, slot, request_)) return false;
    detail::store<Awaited>(slot, this);
    slot_ = &slot;
    engine_.stage(slot);
    return true;
  }

  detail::Engine& engine_;
  R request_;
  std::coroutine_handle<> coroutine_;
  detail::Slot* slot_ = nullptr;  // while the request is in flight
  Result<std::size_t> result_ = 0;
};

}  // namespace linux_aio
