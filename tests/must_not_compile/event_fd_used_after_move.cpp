#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

aio::Result<std::uint64_t> use(aio::EventFd event) {
  const aio::EventFd taken = std::move(event);
#ifdef LINUX_AIO_MISTAKE
  return event.drain();
#else
  return taken.drain();
#endif
}
