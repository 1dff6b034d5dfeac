// Under AddressSanitizer the bytes of a request in flight are poisoned, so that an access through a
// retained span or pointer is reported with its line. Elsewhere these functions are empty.
#pragma once

#include <cstddef>
#include <span>

#if defined(__SANITIZE_ADDRESS__)
#define LINUX_AIO_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LINUX_AIO_POISONS 1
#endif
#endif

#if defined(LINUX_AIO_POISONS)
#include <sanitizer/asan_interface.h>
#endif

namespace linux_aio::detail {

#if defined(LINUX_AIO_POISONS)
inline constexpr bool poisons = true;
#else
inline constexpr bool poisons = false;
#endif

inline void poison([[maybe_unused]] std::span<const std::byte> bytes) noexcept {
#if defined(LINUX_AIO_POISONS)
  __asan_poison_memory_region(bytes.data(), bytes.size());
#endif
}

inline void unpoison([[maybe_unused]] std::span<const std::byte> bytes) noexcept {
#if defined(LINUX_AIO_POISONS)
  __asan_unpoison_memory_region(bytes.data(), bytes.size());
#endif
}

}  // namespace linux_aio::detail
