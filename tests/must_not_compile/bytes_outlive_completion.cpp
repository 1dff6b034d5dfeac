#include <linux_aio/linux_aio.hpp>
#include <span>
#include <utility>
#include <vector>

namespace aio = linux_aio;

#ifdef LINUX_AIO_MISTAKE
std::span<std::byte> use(aio::Context& context, aio::File& file) {
  auto [done] = context.run(aio::read(file).into(std::vector<std::byte>(512)));
  auto completion = std::move(done);
  return completion.bytes();
}
#else
std::vector<std::byte> use(aio::Context& context, aio::File& file) {
  auto [done] = context.run(aio::read(file).into(std::vector<std::byte>(512)));
  auto completion = std::move(done);
  return std::move(completion.buffer);
}
#endif
