// Operation: a request and its continuation, in their slot.
#pragma once

#include <concepts>
#include <cstddef>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/poison.hpp>
#include <linux_aio/detail/slot.hpp>
#include <linux_aio/error.hpp>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace linux_aio::detail {

/// What a context can own: it can be lowered to an iocb, tells which memory the kernel will use,
/// and turns into its completion.
template <class T>
concept Request = std::is_nothrow_move_constructible_v<T> && requires(T& request, raw::iocb& iocb) {
  typename T::Completion;
  { T::owns_memory } -> std::convertible_to<bool>;
  { T::memory_is_exclusive } -> std::convertible_to<bool>;
  { request.lower(iocb) } noexcept;
  { request.memory() } noexcept -> std::same_as<std::span<const std::byte>>;
};

template <Request R, class Continuation>
class Operation {
 public:
  /// Moves both into `slot` and lowers the request at what is now its final address.
  static void place(Slot& slot, R&& request, Continuation&& continuation) noexcept {
    static_assert(sizeof(Operation) <= Slot::storage_size,
                  "the request and its continuation are too large for a slot of the in-flight "
                  "table (104 bytes): capture a reference or a pointer instead of the object");
    static_assert(alignof(Operation) <= Slot::storage_alignment,
                  "the request or its continuation is aligned to more than 8 bytes: capture a "
                  "reference or a pointer instead of the object");
    auto* operation = ::new (static_cast<void*>(slot.storage))
        Operation(std::move(request), std::move(continuation));
    operation->request_.lower(slot.iocb);
    // Others may read what is const while the kernel reads it.
    if constexpr (R::memory_is_exclusive) poison(operation->request_.memory());
    slot.finish = &finish;
  }

 private:
  Operation(R&& request, Continuation&& continuation) noexcept
      : request_(std::move(request)), continuation_(std::move(continuation)) {}

  // The slot is freed before the continuation runs, so that it can submit the next request.
  static void finish(Engine& engine, Slot& slot, const Result<std::size_t>* outcome) noexcept {
    auto* placed = std::launder(reinterpret_cast<Operation*>(slot.storage));
    if constexpr (R::memory_is_exclusive) unpoison(placed->request_.memory());
    Operation operation = std::move(*placed);
    std::destroy_at(placed);
    engine.release(slot);
    if (outcome == nullptr) return;
    std::move(operation.continuation_)(std::move(operation.request_).complete(*outcome));
  }

  R request_;
  Continuation continuation_;
};

}  // namespace linux_aio::detail
