#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <memory_resource>
#include <utility>
#include <vector>

namespace aio = linux_aio;

#ifdef LINUX_AIO_MISTAKE
using Bytes = std::pmr::vector<std::byte>;  // its memory is gone with its resource
#else
using Bytes = std::vector<std::byte>;
#endif

void use(aio::Context& context, aio::File& file, Bytes bytes) {
  auto accepted = context.submit(aio::write(file).from(std::move(bytes)), [](auto) {});
  static_cast<void>(accepted);
}
