// POSIX AIO, which glibc makes of threads, as Python's aiofile does it.

#include <aio.h>

#include <cerrno>
#include <vector>

#include "bench/experiment/way.hpp"

namespace experiment {
namespace {

class PosixAio : public Way {
 public:
  explicit PosixAio(std::span<Source> sources) : sources_(sources), requests_(sources.size()) {}

  void begin() override {
    for (std::size_t index = 0; index < sources_.size(); ++index) {
      const std::span<std::byte> bytes = sources_[index].buffer.bytes();
      aiocb& request = requests_[index];
      request = {};
      request.aio_fildes = sources_[index].file.number();
      request.aio_buf = bytes.data();
      request.aio_nbytes = bytes.size();
      request.aio_sigevent.sigev_notify = SIGEV_NONE;
      if (::aio_read(&request) != 0) fail("aio_read", errno);
    }
  }

  void end() override {
    for (std::size_t index = 0; index < sources_.size(); ++index) {
      aiocb& request = requests_[index];
      const aiocb* const waited_for = &request;
      while (::aio_error(&request) == EINPROGRESS) ::aio_suspend(&waited_for, 1, nullptr);
      const int error = ::aio_error(&request);
      const ssize_t got = ::aio_return(&request);
      expect_whole(sources_[index], error != 0 ? -error : got);
    }
  }

 private:
  std::span<Source> sources_;
  std::vector<aiocb> requests_;
};

}  // namespace

Made make_posix_aio(std::span<Source> sources) { return std::make_unique<PosixAio>(sources); }

}  // namespace experiment
