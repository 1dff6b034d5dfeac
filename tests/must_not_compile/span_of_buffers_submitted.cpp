#include <linux_aio/linux_aio.hpp>
#include <span>
#include <utility>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::vector<aio::AlignedBuffer>& pages) {
#ifdef LINUX_AIO_MISTAKE
  auto accepted = context.submit(aio::write(file).from(std::span(pages)), [](auto) {});
  static_cast<void>(accepted);
#else
  auto accepted = context.submit(aio::write(file).from(std::move(pages)), [](auto) {});
  static_cast<void>(accepted);
#endif
}
