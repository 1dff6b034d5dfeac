// The engines: what each file adds to the benchmarks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/overhead/works.hpp"

namespace overhead {

// Why rows are left out here, for a user to read, if they are.
using LeftOut = std::optional<std::string>;

// The row that all others are compared with, and the same code a second time: how far that is off
// is how far any other may be.
inline constexpr const char* by_hand_row = "by_hand";
inline constexpr const char* again_row = "by_hand_again";

// Each registers its rows. The works outlive them.
LeftOut add_by_hand(std::vector<Work>& works);
LeftOut add_raw(std::vector<Work>& works);
LeftOut add_run(std::vector<Work>& works);
LeftOut add_submit(std::vector<Work>& works);
LeftOut add_async(std::vector<Work>& works);
LeftOut add_libaio(std::vector<Work>& works);
LeftOut add_io_uring(std::vector<Work>& works);
LeftOut add_io_uring_registered(std::vector<Work>& works);
LeftOut add_blocking(std::vector<Work>& works);
LeftOut add_posix_aio(std::vector<Work>& works);
LeftOut add_thread_pool(std::vector<Work>& works);
LeftOut add_two_threads(std::vector<Work>& works);

}  // namespace overhead
