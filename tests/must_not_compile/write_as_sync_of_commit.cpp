#include <linux_aio/linux_aio.hpp>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  auto commit = context.begin_commit(aio::write(file).from(std::vector<char>(512)), [](auto) {});
  static_cast<void>(commit);
#else
  auto commit = context.begin_commit(aio::fdatasync(file), [](auto) {});
  static_cast<void>(commit);
#endif
}
