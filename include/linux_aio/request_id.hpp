// RequestId: names a request in flight, to cancel it.
#pragma once

#include <cstdint>

namespace linux_aio {

namespace detail {
class Engine;
}

/// A request that a context accepted. Means something to that context only, and only until the
/// request is complete; afterwards Context::cancel says not_in_flight.
class RequestId {
 public:
  /// The request whose value() is `value`.
  constexpr explicit RequestId(std::uint64_t value) noexcept : value_(value) {}

  /// A number that no other request of the context has, until 2^41 requests later.
  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }

  /// Whether both name the same request.
  friend constexpr bool operator==(RequestId, RequestId) noexcept = default;

 private:
  std::uint64_t value_;
};

/// What Context::cancel could do.
enum class Cancel : std::uint8_t {
  requested,        ///< the request completes soon: with ECANCELED, unless it was ready before
  not_cancellable,  ///< it goes on, as reads and writes do, or only its continuation is left
  not_in_flight,    ///< it is complete, and its continuation has run or is running
};

}  // namespace linux_aio
