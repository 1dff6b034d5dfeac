// What Context and Commit do with a request that they are to own.
#pragma once

#include <concepts>
#include <expected>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/operation.hpp>
#include <linux_aio/detail/request.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/request_id.hpp>
#include <type_traits>
#include <utility>

namespace linux_aio {

/// A request that was not accepted, handed back with its continuation.
template <class Request, class Continuation>
struct [[nodiscard]] Rejected {
  Error error;
  Request request;  // std::move(request).release() is its buffer
  Continuation continuation;
};

namespace detail {

template <class Given>
consteval void explain_request() {
  static_assert(!std::is_lvalue_reference_v<Given>,
                "a request is given up when it is run or submitted: pass std::move(request)");
  static_assert(Request<std::remove_cvref_t<Given>>,
                "this is no complete request: a read needs .into(buffer), a write .from(buffer)");
}

template <class Given, class Continuation>
consteval void explain_submission() {
  explain_request<Given>();
  using R = std::remove_cvref_t<Given>;
  if constexpr (Request<R>) {
    static_assert(
        R::owns_memory,
        "submit() returns before the kernel is done, so it takes no borrowed memory: give "
        "the request an owning buffer (AlignedBuffer, std::vector), or use run()");
    static_assert(std::invocable<Continuation, typename R::Completion>,
                  "the continuation must be callable with the request's completion: "
                  "[](auto done) {}");
  }
  static_assert(std::is_nothrow_move_constructible_v<Continuation>,
                "the continuation must be movable without throwing: declare its move constructor "
                "noexcept");
}

/// Moves both into a slot; nullptr, and nothing moved, if there is none.
template <Request R, class Continuation>
[[nodiscard]] Slot* place_owned(Engine& engine, R& request, Continuation& continuation) noexcept {
  Slot* const slot = engine.acquire();
  if (slot == nullptr) return nullptr;
  if (OwnedOperation<R, Continuation>::place(engine, *slot, request, continuation)) return slot;
  engine.release(*slot);
  return nullptr;
}

/// Hands back both, which nothing was moved from, with the reason.
template <Request R, class Continuation>
[[nodiscard]] std::unexpected<Rejected<R, Continuation>> reject(
    const Engine& engine, R& request, Continuation& continuation) noexcept {
  return std::unexpected(
      Rejected<R, Continuation>{engine.refusal(), std::move(request), std::move(continuation)});
}

}  // namespace detail

}  // namespace linux_aio
