// One copy, from its options to its summary.
#pragma once

#include "examples/copy/options.hpp"
#include "examples/copy/text.hpp"

namespace copy {

/// Copies a file as the options say, and tells on standard output how it goes.
[[nodiscard]] Outcome<> copy_file(const Options& options);

}  // namespace copy
