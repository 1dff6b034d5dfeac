#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

#ifdef LINUX_AIO_MISTAKE
constexpr auto flags = aio::PollEvent::in | aio::ReadFlag::no_wait;
#else
constexpr auto flags = aio::PollEvent::in | aio::PollEvent::out;
#endif
static_assert(!flags.empty());
