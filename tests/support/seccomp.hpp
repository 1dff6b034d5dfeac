// A container that forbids a system call.
#pragma once

namespace linux_aio::testing {

/// From now on, the system call of this number fails with `code` in this process and its children,
/// also after exec. There is no way back, so call it in a child. false: the kernel refused.
[[nodiscard]] bool forbid_system_call(long number, int code);

}  // namespace linux_aio::testing
