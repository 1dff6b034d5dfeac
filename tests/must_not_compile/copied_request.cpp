#include <linux_aio/linux_aio.hpp>
#include <utility>

namespace aio = linux_aio;

void use(aio::Context& context, aio::Read<aio::AlignedBuffer>& request) {
#ifdef LINUX_AIO_MISTAKE
  aio::Read<aio::AlignedBuffer> copy = request;
  auto [done] = context.run(std::move(copy));
  static_cast<void>(done);
#else
  aio::Read<aio::AlignedBuffer> moved = std::move(request);
  auto [done] = context.run(std::move(moved));
  static_cast<void>(done);
#endif
}
