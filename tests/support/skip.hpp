// What a machine cannot run.
#pragma once

#include <cstdio>
#include <string>

namespace linux_aio::testing {

/// Says in the test's log why what follows is not run here.
inline void skip(const std::string& reason) { std::printf("SKIPPED: %s\n", reason.c_str()); }

}  // namespace linux_aio::testing
