// Relative paths under "bazel run".
#pragma once

namespace examples {

/// "bazel run" starts a program in a folder of its own, and says where the caller is: goes there.
/// false: that failed, and standard error says so in the name of `program`.
[[nodiscard]] bool enter_the_callers_folder(const char* program);

}  // namespace examples
