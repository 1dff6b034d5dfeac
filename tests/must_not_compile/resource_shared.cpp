#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <memory_resource>
#include <span>
#include <vector>

namespace aio = linux_aio;

struct Arena {
  std::pmr::monotonic_buffer_resource resource;
  std::pmr::vector<std::byte> page{&resource};
};

aio::SharedBytes use(const std::shared_ptr<const Arena>& arena) {
#ifdef LINUX_AIO_MISTAKE
  return aio::shared(std::make_shared<const std::pmr::vector<std::byte>>(arena->page));
#else
  return aio::shared(arena, std::span(arena->page));
#endif
}
