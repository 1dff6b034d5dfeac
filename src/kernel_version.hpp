// Which kernel runs.
#pragma once

#include <string>

namespace linux_aio::detail {

struct KernelVersion {
  unsigned major;
  unsigned minor;
};

/// uname(2): "6.1.0-25-amd64".
[[nodiscard]] std::string kernel_release();

/// Whether the running kernel calls itself older than `version`: a distribution may have taken
/// newer features into it, so this explains a refusal and predicts none.
[[nodiscard]] bool kernel_is_older_than(KernelVersion version);

/// "Linux 4.18"
[[nodiscard]] std::string name_of(KernelVersion version);

}  // namespace linux_aio::detail
