// The bindings compile after libaio's header, which has a struct iocb of its own. Where libaio is
// not installed, there is nothing to compile them after.

#if __has_include(<libaio.h>)
#include <libaio.h>
#endif

#include "linux_aio/raw/abi.hpp"

int main() {
  [[maybe_unused]] const linux_aio::raw::iocb request{};
  [[maybe_unused]] const linux_aio::raw::io_event event{};
}
