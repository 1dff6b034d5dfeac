#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <vector>

namespace aio = linux_aio;

#ifdef LINUX_AIO_MISTAKE
using Header = const std::vector<std::byte>;
#else
using Header = std::vector<std::byte>;
#endif

bool use(aio::Context& context, aio::File& file, Header& header) {
  return aio::read_exactly(context, aio::read(file), header).has_value();
}
