#include <sys/uio.h>

#include <linux_aio/linux_aio.hpp>
#include <span>
#include <vector>

namespace aio = linux_aio;

void use(aio::Context& context, aio::File& file, std::vector<aio::AlignedBuffer>& buffers,
         std::vector<iovec>& segments) {
#ifdef LINUX_AIO_MISTAKE
  auto [done] = context.run(aio::read(file).into(std::span(segments)));
#else
  auto [done] = context.run(aio::read(file).into(std::span(buffers)));
#endif
  static_cast<void>(done);
  static_cast<void>(segments);
}
