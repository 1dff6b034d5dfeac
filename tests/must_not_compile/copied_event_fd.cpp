#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::EventFd& event) {
#ifdef LINUX_AIO_MISTAKE
  const aio::EventFd copy = event;
  static_cast<void>(copy);
#else
  const aio::EventFd moved = std::move(event);
  static_cast<void>(moved);
#endif
}
