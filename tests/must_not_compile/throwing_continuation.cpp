#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file) {
#ifdef LINUX_AIO_MISTAKE
  struct Throws {
    Throws() = default;
    Throws(const Throws&) {}
    void operator()(const aio::SyncCompletion&) const {}
  };
  auto accepted = context.submit(aio::fsync(file), Throws());
  static_cast<void>(accepted);
#else
  struct Moves {
    void operator()(const aio::SyncCompletion&) const {}
  };
  auto accepted = context.submit(aio::fsync(file), Moves());
  static_cast<void>(accepted);
#endif
}
