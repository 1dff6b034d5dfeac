// Tells whether a context was made by this process, or by the parent that it was forked from.
#pragma once

#include <atomic>
#include <cstdint>

namespace linux_aio::detail {

/// A number, not 0, that is this process's own; nullptr if there is no memory for it. It lies in a
/// page that a forked child finds zeroed, so that to compare costs no system call. Since
/// Linux 4.14; before, a fork handler of the C library does it. Source: MADV_WIPEONFORK,
/// madvise(2).
[[nodiscard]] const std::atomic<std::uint32_t>* process_mark() noexcept;

}  // namespace linux_aio::detail
