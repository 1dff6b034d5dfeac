// Why a benchmark's peer is not there, for a user to read.
#pragma once

#include <string>

namespace bench {

// A library that the program was built without.
std::string built_without(const std::string& library);

// io_uring_setup(2), which returned -errno.
std::string no_io_uring(int status);

}  // namespace bench
