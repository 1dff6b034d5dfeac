// The same as smallest_safe.cpp, on the kernel's interface.
#include <fcntl.h>

#include <array>
#include <linux_aio/raw.hpp>

namespace raw = linux_aio::raw;

int main() {
  raw::aio_context_t context = 0;
  if (raw::io_setup(1, &context) < 0) return 1;
  const int file = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  std::array<char, 512> memory{};
  raw::iocb request{};
  raw::prep_pwrite(request, file, memory.data(), memory.size(), 0);
  raw::iocb* requests = &request;
  raw::io_event event{};
  if (raw::io_submit(context, 1, &requests) != 1) return 1;
  if (raw::io_getevents(context, 1, 1, &event, nullptr) != 1) return 1;
  return event.res == static_cast<long>(memory.size()) ? 0 : 1;
}
