#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, std::vector<aio::Sync>& requests) {
#ifdef LINUX_AIO_MISTAKE
  context.run_each(requests, [](auto) {});
#else
  context.run_each(requests, [](std::size_t, auto) {});
#endif
}
