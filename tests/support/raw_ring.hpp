// The completion ring, read in user space.
#pragma once

#include <unistd.h>

#include <atomic>
#include <catch2/catch_all.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <linux_aio/raw.hpp>
#include <linux_aio/raw/supplement.hpp>
#include <optional>

namespace linux_aio::testing {

/// Views the ring of a context, which must outlive it, and takes events as a second reader besides
/// io_getevents: never at the same time.
class RawRing {
 public:
  // SAFETY: the handle of a context is the address that the kernel has mapped its ring at.
  explicit RawRing(raw::aio_context_t context) : ring_(reinterpret_cast<raw::aio_ring*>(context)) {}

  [[nodiscard]] const raw::aio_ring& header() const { return *ring_; }
  [[nodiscard]] void* address() const { return ring_; }
  [[nodiscard]] std::uint32_t head() const {
    return std::atomic_ref(ring_->head).load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint32_t tail() const {
    return std::atomic_ref(ring_->tail).load(std::memory_order_acquire);
  }

  /// How long the mapping must be, by what the header says.
  [[nodiscard]] std::size_t length() const {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t used = ring_->header_length + std::size_t{ring_->nr} * sizeof(raw::io_event);
    return (used + page - 1) / page * page;
  }

  /// The next event, which is then no longer in the ring.
  [[nodiscard]] std::optional<raw::io_event> take() const {
    const std::uint32_t first = head();
    if (first == tail()) return std::nullopt;
    raw::io_event event{};
    std::memcpy(&event,
                static_cast<const std::byte*>(address()) + ring_->header_length +
                    std::size_t{first} * sizeof event,
                sizeof event);
    std::atomic_ref(ring_->head).store((first + 1) % ring_->nr, std::memory_order_release);
    return event;
  }

  /// The same where there must be one.
  [[nodiscard]] raw::io_event must_take() const {
    const std::optional<raw::io_event> event = take();
    REQUIRE(event);
    return event.value_or(raw::io_event{});
  }

 private:
  raw::aio_ring* ring_;
};

}  // namespace linux_aio::testing
