#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

aio::Context make_context();

void use(aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto commit = make_context().begin_commit(aio::fsync(file), [](auto) {});
  static_cast<void>(commit);
#else
  aio::Context context = make_context();
  auto commit = context.begin_commit(aio::fsync(file), [](auto) {});
  static_cast<void>(commit);
#endif
}
