#include <linux_aio/linux_aio.hpp>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto accepted = context.submit(aio::write(file).at(512), [](auto) {});
  static_cast<void>(accepted);
#else
  auto accepted =
      context.submit(aio::write(file).at(512).from(std::vector<char>(512)), [](auto) {});
  static_cast<void>(accepted);
#endif
}
