#include <cstddef>
#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

// Refers to buffers, and is no std::ranges::view.
struct ArrayReference {
  aio::AlignedBuffer* first;
  std::size_t size;
  [[nodiscard]] aio::AlignedBuffer* begin() const { return first; }
  [[nodiscard]] aio::AlignedBuffer* end() const { return first + size; }
};

void use(aio::Context& context, aio::File& file, aio::AlignedBuffer* pages) {
#ifdef LINUX_AIO_MISTAKE
  auto accepted = context.submit(aio::read(file).into(ArrayReference{pages, 2}), [](auto) {});
  static_cast<void>(accepted);
#else
  auto [done] = context.run(aio::read(file).into(ArrayReference{pages, 2}));
  static_cast<void>(done);
#endif
}
