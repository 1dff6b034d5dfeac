// POSIX AIO, which glibc makes of threads.

#include <aio.h>

#include <cerrno>

#include "bench/common/fail.hpp"
#include "bench/device/engine.hpp"

namespace device {
namespace {

using bench::fail;

class PosixAio : public Engine {
 public:
  explicit PosixAio(Transfers& transfers)
      : Engine(transfers), requests_(depth()), in_flight_(depth()) {}

  void start(std::size_t slot, std::uint64_t offset) override {
    const std::span<std::byte> block = bytes(slot);
    aiocb& request = requests_[slot];
    request = {};
    request.aio_fildes = transfers().file.number();
    request.aio_buf = block.data();
    request.aio_nbytes = block.size();
    request.aio_offset = static_cast<off_t>(offset);
    request.aio_sigevent.sigev_notify = SIGEV_NONE;
    const int status = transfers().write ? ::aio_write(&request) : ::aio_read(&request);
    if (status != 0) fail(transfers().write ? "aio_write" : "aio_read", errno);
    in_flight_[slot] = &request;
  }

 private:
  void await(std::size_t at_least) override {
    while (completed() < at_least) {
      const auto count = static_cast<int>(in_flight_.size());
      if (::aio_suspend(in_flight_.data(), count, nullptr) != 0 && errno != EINTR) {
        fail("aio_suspend", errno);
      }
      harvest();
    }
  }

  void harvest() {
    for (std::size_t slot = 0; slot < in_flight_.size(); ++slot) {
      aiocb& request = requests_[slot];
      if (in_flight_[slot] == nullptr) continue;
      const int error = ::aio_error(&request);
      if (error == EINPROGRESS) continue;
      const ssize_t moved = ::aio_return(&request);
      in_flight_[slot] = nullptr;
      complete(slot, error != 0 ? -error : moved);
    }
  }

  std::vector<aiocb> requests_;          // by slot
  std::vector<const aiocb*> in_flight_;  // by slot; null where there is none
};

}  // namespace

Made make_posix_aio(Transfers& transfers) { return std::make_unique<PosixAio>(transfers); }

}  // namespace device
