#include "src/kernel_version.hpp"

#include <sys/utsname.h>

#include <cstdio>
#include <tuple>

namespace linux_aio::detail {

std::string kernel_release() {
  ::utsname name{};
  return ::uname(&name) == 0 ? name.release : "";
}

bool kernel_is_older_than(KernelVersion version) {
  KernelVersion running{};
  // NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers fit
  if (std::sscanf(kernel_release().c_str(), "%u.%u", &running.major, &running.minor) != 2) {
    return false;
  }
  return std::tie(running.major, running.minor) < std::tie(version.major, version.minor);
}

std::string name_of(KernelVersion version) {
  return "Linux " + std::to_string(version.major) + "." + std::to_string(version.minor);
}

}  // namespace linux_aio::detail
