// CompletionRing: the kernel's ring of completions, read in user space.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <linux_aio/raw/abi.hpp>

namespace linux_aio::detail {

/// The ring of one context. It is no UAPI: where the kernel's is not the known one, attached() is
/// false and completions come from io_getevents() only.
///
/// One thread at a time takes events, from here or from io_getevents(): two readers that do not
/// know of each other lose and repeat events. The kernel writes an event and then moves the tail,
/// so the tail is loaded with acquire; the head is stored with release, so that the kernel does not
/// overwrite an event that is still being copied. Source: aio_read_events_ring() in fs/aio.c.
class CompletionRing {
 public:
  CompletionRing() noexcept = default;

  /// The ring of `handle`, which is its address; not attached if the kernel's ring is another one.
  explicit CompletionRing(raw::aio_context_t handle) noexcept;

  [[nodiscard]] bool attached() const noexcept { return header_ != &none_; }

  /// Keeps the ring out of forked children, which could otherwise take events from their parent.
  /// Since Linux 2.6.16. Source: MADV_DONTFORK, madvise(2).
  void keep_from_children() const noexcept;

  /// Something that is 0 if no event is there.
  [[nodiscard]] std::uint32_t lag() const noexcept {
    return std::atomic_ref(header_->tail).load(std::memory_order_relaxed) - head();
  }
  [[nodiscard]] bool empty() const noexcept { return lag() == 0; }

  /// How many events are there.
  [[nodiscard]] std::size_t size() const noexcept {
    const std::uint32_t first = head();
    const std::uint32_t last = std::atomic_ref(header_->tail).load(std::memory_order_acquire);
    return last >= first ? last - first : places_ - first + last;
  }

  /// Takes the next event. False if there is none.
  [[nodiscard]] bool take(raw::io_event& event) noexcept {
    raw::aio_ring& header = *header_;
    const std::uint32_t first = head();
    if (first == std::atomic_ref(header.tail).load(std::memory_order_acquire)) return false;
    event = events_[first];
    const std::uint32_t next = first + 1;
    std::atomic_ref(header.head).store(next == places_ ? 0 : next, std::memory_order_release);
    return true;
  }

 private:
  // Nobody else changes it. Atomic for ThreadSanitizer, which does not see that the kernel unmaps a
  // ring and maps another thread's at the same address.
  [[nodiscard]] std::uint32_t head() const noexcept {
    return std::atomic_ref(header_->head).load(std::memory_order_relaxed);
  }

  // Where none is attached: always empty, so that no reader needs to ask. Nobody writes to it.
  static inline constinit raw::aio_ring none_{};

  raw::aio_ring* header_ = &none_;
  const raw::io_event* events_ = nullptr;
  std::uint32_t places_ = 0;
};

}  // namespace linux_aio::detail
