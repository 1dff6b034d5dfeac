// A small program on the safe layer: how large is it, linked statically?
#include <array>
#include <linux_aio/linux_aio.hpp>
#include <span>

namespace aio = linux_aio;

int main() {
  auto context = aio::Context::create({.capacity = 1});
  const auto file = aio::File::open("/dev/null", aio::Access::write_only);
  if (!context || !file) return 1;
  std::array<std::byte, 512> memory{};
  const auto [written] = context->run(aio::write(*file).from(std::span(memory)));
  return written.result == memory.size() ? 0 : 1;
}
