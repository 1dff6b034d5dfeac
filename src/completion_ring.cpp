#include <sys/mman.h>
#include <unistd.h>

#include <linux_aio/detail/ring.hpp>

namespace linux_aio::detail {

CompletionRing::CompletionRing(raw::aio_context_t handle) noexcept {
  // SAFETY: the handle that io_setup() gave is the address at which the kernel mapped the ring for
  // as long as the context exists; user space may read it, and store its head.
  auto* const header = reinterpret_cast<raw::aio_ring*>(handle);
  if (header->magic != raw::aio_ring_magic ||
      header->incompat_features != raw::aio_ring_incompat_features ||
      header->header_length != sizeof(raw::aio_ring) || header->nr == 0) {
    return;
  }
  header_ = header;
  // NOLINTNEXTLINE(bugprone-casting-through-void): -Wcast-align knows not that the ring is a page
  events_ = static_cast<const raw::io_event*>(static_cast<const void*>(header + 1));
  places_ = header->nr;
}

void CompletionRing::keep_from_children() const noexcept {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t bytes = sizeof *header_ + std::size_t{places_} * sizeof *events_;
  // A kernel that refuses leaves the child a ring that its Context does not touch.
  static_cast<void>(::madvise(header_, (bytes + page - 1) / page * page, MADV_DONTFORK));
}

}  // namespace linux_aio::detail
