#include "bench/common/peers.hpp"

#include <cerrno>
#include <cstring>

namespace bench {

std::string built_without(const std::string& library) {
  return "built without " + library + ": apt-get install " + library +
         "-dev, then ./bazelw shutdown";
}

std::string no_io_uring(int status) {
  if (status == -EPERM) {
    return "io_uring_setup: EPERM: a seccomp profile or kernel.io_uring_disabled forbids it";
  }
  return std::string("io_uring_setup: ") + std::strerror(-status);
}

}  // namespace bench
