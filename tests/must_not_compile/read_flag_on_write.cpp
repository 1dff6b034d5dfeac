#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto begun = aio::write(file).flags(aio::ReadFlag::no_wait);
  static_cast<void>(begun);
#else
  auto begun = aio::write(file).flags(aio::WriteFlag::no_wait);
  static_cast<void>(begun);
#endif
}
