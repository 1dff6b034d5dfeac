#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

std::byte use(aio::SizedArray<std::byte> array) {
  const aio::SizedArray<std::byte> taken = std::move(array);
#ifdef LINUX_AIO_MISTAKE
  return array.elements()[0];
#else
  return taken.elements()[0];
#endif
}
