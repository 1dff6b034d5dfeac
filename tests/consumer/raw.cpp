// Prints the first page of the file that it is given, with the kernel's interface alone.
#include <fcntl.h>

#include <array>
#include <cstdio>
#include <linux_aio/raw.hpp>

#if __has_include(<linux_aio/linux_aio.hpp>) && defined(RAW_ALONE)
#error "the raw layer comes with headers of the safe one"
#endif

namespace raw = linux_aio::raw;

int main(int count, char** arguments) {
  const int file = ::open(arguments[count - 1], O_RDONLY | O_CLOEXEC);
  std::array<char, 4096> page;
  raw::iocb read{};
  raw::prep_pread(read, file, page.data(), page.size(), 0);
  raw::aio_context_t context = 0;
  raw::iocb* requests[] = {&read};
  raw::io_event done{};
  if (raw::io_setup(1, &context) != 0 || raw::io_submit(context, 1, requests) != 1 ||
      raw::io_getevents(context, 1, 1, &done, nullptr) != 1 || done.res < 0) {
    return 1;
  }
  std::fwrite(page.data(), 1, static_cast<std::size_t>(done.res), stdout);
  return raw::io_destroy(context) == 0 ? 0 : 1;
}
