// Operations: what lies in a slot while its request is in flight, and what is done in the end.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/detail/poison.hpp>
#include <linux_aio/detail/request.hpp>
#include <linux_aio/detail/slot.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/raw/prep.hpp>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace linux_aio::detail {

/// Fills the iocb of `slot`, and poisons the memory that the kernel uses alone. Others may read
/// what is const while the kernel reads it. False if there is no room for the request's segments.
template <Request R>
[[nodiscard]] bool begin([[maybe_unused]] Engine& engine, Slot& slot, R& request) noexcept {
  if constexpr (SegmentedRequest<R>) {
    const std::size_t count = request.segment_count();
    // The kernel refuses more than it takes before it looks at them.
    const bool too_many = count > most_segments;
    ::iovec* const segments = too_many ? nullptr : engine.acquire_segments(count);
    if (segments == nullptr && !too_many) return false;
    request.lower(slot.iocb, segments);
  } else {
    request.lower(slot.iocb);
  }
  if constexpr (may_never_complete<InFlightOf<R>>) engine.add_poll();
  if constexpr (poisons) {
    request.in_flight().visit_exclusive_memory(
        [](std::span<const std::byte> bytes) { poison(bytes); });
  }
  return true;
}

template <class T>
void end([[maybe_unused]] Engine& engine, [[maybe_unused]] T& in_flight) noexcept {
  if constexpr (may_never_complete<T>) engine.end_poll();
  if constexpr (poisons) {
    in_flight.visit_exclusive_memory([](std::span<const std::byte> bytes) { unpoison(bytes); });
  }
}

/// Where assertions are on, ends the program if a buffer does not keep its memory when it is moved,
/// for the kernel would use what is no longer there.
class MoveCheck {
 public:
  template <class T>
  explicit MoveCheck(T& in_flight) noexcept : addresses_(addresses_of(in_flight)) {}

  template <class T>
  void require_same(T& in_flight) const noexcept {
    if (addresses_of(in_flight) != addresses_) {
      fatal("a buffer has other memory after it was moved, so it must not say that it owns it");
    }
  }

 private:
  template <class T>
  [[nodiscard]] static std::uint64_t addresses_of([[maybe_unused]] T& in_flight) noexcept {
    std::uint64_t all = 0;
#if !defined(NDEBUG)
    if constexpr (requires { in_flight.visit_memory(IgnoreMemory{}); }) {
      in_flight.visit_memory([&all](std::span<const std::byte> bytes) {
        if (!bytes.empty()) all = std::rotl(all, 5) ^ raw::address_of(bytes.data());
      });
    }
#endif
    return all;
  }

  std::uint64_t addresses_;  // of all buffers, mixed
};

/// Puts `Stored`, which has a static finish(), into `slot`.
template <class Stored, class... Arguments>
void store(Slot& slot, Arguments&&... arguments) noexcept {
  static_assert(sizeof(Stored) <= Slot::storage_size,
                "the request and its continuation are too large for a slot of the in-flight "
                "table (104 bytes): capture a reference or a pointer instead of the object");
  static_assert(alignof(Stored) <= Slot::storage_alignment,
                "the request or its continuation is aligned to more than 8 bytes: capture a "
                "reference or a pointer instead of the object");
  ::new (static_cast<void*>(slot.storage)) Stored(std::forward<Arguments>(arguments)...);
  slot.finish = &Stored::finish;
}

template <class Stored>
[[nodiscard]] Stored& stored_in(Slot& slot) noexcept {
  return *std::launder(static_cast<Stored*>(static_cast<void*>(slot.storage)));
}

/// Moves `Stored` out of `slot` and frees the slot, so that a continuation can use it at once.
template <class Stored>
[[nodiscard]] Stored take(Engine& engine, Slot& slot) noexcept {
  Stored& placed = stored_in<Stored>(slot);
  Stored taken = std::move(placed);
  std::destroy_at(&placed);
  engine.release(slot);
  return taken;
}

/// A request that the context owns, with its continuation.
template <Request R, class Continuation>
class OwnedOperation {
 public:
  /// False if there was no room; then nothing was moved.
  [[nodiscard]] static bool place(Engine& engine, Slot& slot, R& request,
                                  Continuation& continuation) noexcept {
    if (!begin(engine, slot, request)) return false;
    const MoveCheck check(request.in_flight());
    store<OwnedOperation>(slot, std::move(request.in_flight()), std::move(continuation));
    check.require_same(stored_in<OwnedOperation>(slot).in_flight_);
    return true;
  }

  OwnedOperation(InFlightOf<R>&& in_flight, Continuation&& continuation) noexcept
      : in_flight_(std::move(in_flight)), continuation_(std::move(continuation)) {}

  static void finish(Engine& engine, Slot& slot, Outcome outcome) noexcept {
    end(engine, stored_in<OwnedOperation>(slot).in_flight_);
    OwnedOperation operation = take<OwnedOperation>(engine, slot);
    if (outcome.discarded()) return;
    std::move(operation.continuation_)(std::move(operation.in_flight_).complete(outcome.result()));
  }

 private:
  InFlightOf<R> in_flight_;
  Continuation continuation_;
};

/// A request that its caller keeps until it is complete; a context is not destroyed before.
template <Request R, class Continuation>
class LentOperation {
 public:
  [[nodiscard]] static bool place(Engine& engine, Slot& slot, R& request,
                                  Continuation continuation) noexcept {
    if (!begin(engine, slot, request)) return false;
    store<LentOperation>(slot, request.in_flight(), std::move(continuation));
    return true;
  }

  LentOperation(InFlightOf<R>& in_flight, Continuation&& continuation) noexcept
      : in_flight_(in_flight), continuation_(std::move(continuation)) {}

  static void finish(Engine& engine, Slot& slot, Outcome outcome) noexcept {
    LentOperation operation = take<LentOperation>(engine, slot);
    end(engine, operation.in_flight_);
    if (outcome.discarded()) return;
    std::move(operation.continuation_)(std::move(operation.in_flight_).complete(outcome.result()));
  }

 private:
  InFlightOf<R>& in_flight_;
  Continuation continuation_;
};

}  // namespace linux_aio::detail
