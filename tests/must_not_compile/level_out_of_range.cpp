#include <linux_aio/linux_aio.hpp>

namespace aio = linux_aio;

#ifdef LINUX_AIO_MISTAKE
constexpr aio::IoPriority priority = aio::IoPriority::best_effort(8);
#else
constexpr aio::IoPriority priority = aio::IoPriority::best_effort(7);
#endif
static_assert(priority != aio::IoPriority::idle());
