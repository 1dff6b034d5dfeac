#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto request = aio::fsync(file);
  auto accepted = context.submit(request, [](auto) {});
  static_cast<void>(accepted);
#else
  auto request = aio::fsync(file);
  auto accepted = context.submit(std::move(request), [](auto) {});
  static_cast<void>(accepted);
#endif
}
