// POSIX AIO, which glibc makes of threads. It has no poll.

#include <aio.h>

#include <array>
#include <cerrno>

#include "bench/overhead/engines.hpp"
#include "bench/overhead/measure.hpp"

namespace overhead {
namespace {

class PosixAio {
 public:
  long write(Work& work, std::size_t batch) { return run(work, batch, ::aio_write); }
  long read(Work& work, std::size_t batch) { return run(work, batch, ::aio_read); }

 private:
  template <class Begin>
  long run(Work& work, std::size_t batch, Begin begin) {
    std::size_t begun = 0;
    for (; begun < batch; ++begun) {
      aiocb& request = requests_[begun];
      request = {};
      request.aio_fildes = work.fd.number();
      request.aio_buf = work.addresses[begun];
      request.aio_nbytes = work.length;
      request.aio_sigevent.sigev_notify = SIGEV_NONE;
      if (begin(&request) != 0) break;
    }
    long total = 0;
    for (std::size_t index = 0; index < begun; ++index) {
      aiocb& request = requests_[index];
      const aiocb* const waited_for = &request;
      while (::aio_error(&request) == EINPROGRESS) ::aio_suspend(&waited_for, 1, nullptr);
      total += ::aio_return(&request);
    }
    return total;
  }

  std::array<aiocb, largest_batch> requests_{};
};

}  // namespace

LeftOut add_posix_aio(std::vector<Work>& works) {
  add_row("posix_aio", std::make_shared<PosixAio>(), works);
  return "of eventfd_poll: it has no poll";
}

}  // namespace overhead
