#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  std::move(file).close();
#else
  if (!std::move(file).close()) return;
#endif
}
