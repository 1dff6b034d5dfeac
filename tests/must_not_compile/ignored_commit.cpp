#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  context.begin_commit(aio::fsync(file), [](auto) {});
#else
  const auto commit = context.begin_commit(aio::fsync(file), [](auto) {});
  static_cast<void>(commit);
#endif
}
