#include <cstdio>
#include <cstdlib>
#include <linux_aio/detail/fatal.hpp>

namespace linux_aio::detail {

void fatal(const char* what) noexcept {
  std::fprintf(stderr, "linux_aio: %s\n", what);
  std::abort();
}

}  // namespace linux_aio::detail
