#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <vector>

namespace aio = linux_aio;

bool use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  return aio::read_exactly(context, aio::read(file), std::vector<std::byte>(10)).has_value();
#else
  std::vector<std::byte> header(10);
  return aio::read_exactly(context, aio::read(file), header).has_value();
#endif
}
