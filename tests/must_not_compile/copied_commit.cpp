#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::Commit& commit) {
#ifdef LINUX_AIO_MISTAKE
  const aio::Commit copy = commit;
  static_cast<void>(copy);
#else
  const aio::Commit moved = std::move(commit);
  static_cast<void>(moved);
#endif
}
