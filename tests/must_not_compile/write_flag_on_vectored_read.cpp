#include <linux_aio/linux_aio.hpp>
#include <utility>
#include <vector>

namespace aio = linux_aio;

void use(aio::File& file, std::vector<aio::AlignedBuffer> pages) {
#ifdef LINUX_AIO_MISTAKE
  auto request = aio::read(file).into(std::move(pages)).flags(aio::WriteFlag::append);
  static_cast<void>(request);
#else
  auto request = aio::read(file).into(std::move(pages)).flags(aio::ReadFlag::no_wait);
  static_cast<void>(request);
#endif
}
