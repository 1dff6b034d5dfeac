// What Context::run and run_each do with requests that they wait for.
#pragma once

#include <cstddef>
#include <expected>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/operation.hpp>
#include <linux_aio/detail/request.hpp>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace linux_aio::detail {

/// Stages a request as soon as there is room. If the context is not usable it completes at once.
template <class Operation, Request R, class Continuation>
void stage_when_there_is_room(Engine& engine, R& request, Continuation& continuation) noexcept {
  while (Slot* const slot = engine.await_slot()) {
    if (Operation::place(engine, *slot, request, continuation)) {
      engine.stage(*slot);
      return;
    }
    engine.release(*slot);
    engine.wait_or_die();
  }
  const Engine::Running running(engine);
  std::move(continuation)(
      std::move(request.in_flight()).complete(std::unexpected(engine.refusal())));
}

/// A request that stays where it is until it is complete.
template <Request R, class Continuation>
void stage_lent(Engine& engine, R& request, Continuation continuation) noexcept {
  stage_when_there_is_room<LentOperation<R, Continuation>>(engine, request, continuation);
}

/// A request of which the slot keeps what is needed.
template <Request R, class Continuation>
void stage_moved(Engine& engine, R& request, Continuation continuation) noexcept {
  stage_when_there_is_room<OwnedOperation<R, Continuation>>(engine, request, continuation);
}

/// Runs the requests, and returns a tuple of their completions.
template <Request... Requests>
[[nodiscard]] auto run_all(Engine& engine, Requests&... requests) noexcept {
  std::tuple<std::optional<typename Requests::Completion>...> completions;
  std::size_t left = sizeof...(Requests);
  const auto start = [&](auto& request, auto& slot) {
    stage_lent(engine, request, [&slot, &left](auto&& done) noexcept {
      slot.emplace(std::move(done));
      --left;
    });
  };
  std::apply([&](auto&... slots) { (start(requests, slots), ...); }, completions);
  while (left != 0) engine.wait_or_die();
  return std::apply([](auto&... slots) { return std::tuple(std::move(*slots)...); }, completions);
}

/// Runs the requests of a range, and calls `continuation` with the index and completion of each.
template <std::ranges::forward_range Requests, class Continuation>
void run_each(Engine& engine, Requests& requests, Continuation& continuation) noexcept {
  std::size_t left = 0;
  for (std::size_t index = 0; auto&& request : requests) {
    ++left;
    const auto finish = [&continuation, &left, index](auto&& done) noexcept {
      continuation(index, std::move(done));
      --left;
    };
    if constexpr (std::is_lvalue_reference_v<std::ranges::range_reference_t<Requests>>) {
      stage_lent(engine, request, finish);
    } else {
      stage_moved(engine, request, finish);
    }
    ++index;
  }
  while (left != 0) engine.wait_or_die();
}

}  // namespace linux_aio::detail
