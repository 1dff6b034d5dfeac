#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto request = aio::poll(file, aio::ReadFlag::no_wait);
  static_cast<void>(request);
#else
  auto request = aio::poll(file, aio::PollEvent::in);
  static_cast<void>(request);
#endif
}
