// A thread that waits in the kernel.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

namespace linux_aio::testing {

/// Returns once thread `id` (of gettid()) of this process sleeps, so that it is in the call that it
/// was about to make.
inline void await_sleep_of(long id) {
  for (int attempt = 0; attempt < 30'000; ++attempt) {
    std::ifstream status("/proc/self/task/" + std::to_string(id) + "/stat");
    std::string text;
    std::getline(status, text);
    // The state is what follows the name, which ends with the last bracket.
    const std::size_t name_end = text.rfind(')');
    if (name_end != std::string::npos && text.compare(name_end, 3, ") S") == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  FAIL("the thread never slept");
}

}  // namespace linux_aio::testing
