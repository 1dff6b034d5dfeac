#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::Commit& commit) {
#ifdef LINUX_AIO_MISTAKE
  commit.seal();
#else
  std::move(commit).seal();
#endif
}
