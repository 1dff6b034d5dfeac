#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::File& file, aio::AlignedBuffer& buffer) {
#ifdef LINUX_AIO_MISTAKE
  auto request = aio::read(file).into(std::move(buffer));
  auto placed = request.at(4096);
  static_cast<void>(placed);
#else
  auto request = aio::read(file).into(std::move(buffer));
  auto placed = std::move(request).at(4096);
  static_cast<void>(placed);
#endif
}
