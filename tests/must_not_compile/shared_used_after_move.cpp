#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

std::size_t use(aio::SharedBytes bytes) {
  const aio::SharedBytes taken = std::move(bytes);
#ifdef LINUX_AIO_MISTAKE
  return bytes.bytes().size();
#else
  return taken.bytes().size();
#endif
}
