// How the library ends a program whose next step would corrupt memory.
#pragma once

namespace linux_aio::detail {

/// Prints "linux_aio: " and `what` to standard error and aborts, in every build.
[[noreturn]] void fatal(const char* what) noexcept;

}  // namespace linux_aio::detail
