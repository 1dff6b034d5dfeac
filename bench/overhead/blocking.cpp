// One system call after the other: pwrite, pread, poll.

#include "bench/overhead/blocking.hpp"

#include <poll.h>
#include <unistd.h>

#include "bench/overhead/engines.hpp"
#include "bench/overhead/measure.hpp"

namespace overhead {

long write_blocking(Work& work, std::size_t index) {
  return ::pwrite(work.fd.number(), work.addresses[index], work.length, 0);
}

long read_blocking(Work& work, std::size_t index) {
  return ::pread(work.fd.number(), work.addresses[index], work.length, 0);
}

long poll_blocking(const Work& work, std::size_t /*index*/) {
  ::pollfd asked{.fd = work.fd.number(), .events = POLLOUT, .revents = 0};
  return ::poll(&asked, 1, -1) == 1 ? asked.revents : -1;
}

namespace {

class Blocking {
 public:
  static long write(Work& work, std::size_t batch) { return each(work, batch, write_blocking); }
  static long read(Work& work, std::size_t batch) { return each(work, batch, read_blocking); }
  static long poll(Work& work, std::size_t batch) { return each(work, batch, poll_blocking); }

 private:
  template <class Call>
  static long each(Work& work, std::size_t batch, Call call) {
    long total = 0;
    for (std::size_t index = 0; index < batch; ++index) total += call(work, index);
    return total;
  }
};

}  // namespace

LeftOut add_blocking(std::vector<Work>& works) {
  add_row("blocking", std::make_shared<Blocking>(), works);
  return std::nullopt;
}

}  // namespace overhead
