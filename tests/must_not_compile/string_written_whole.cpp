#include <linux_aio/linux_aio.hpp>
#include <span>
#include <string>

namespace aio = linux_aio;

bool use(aio::Context& context, aio::File& file, const std::string& text) {
#ifdef LINUX_AIO_MISTAKE
  return aio::write_all(context, aio::write(file), text).has_value();
#else
  return aio::write_all(context, aio::write(file), std::span(text)).has_value();
#endif
}
