// io_uring through liburing, without registered files or buffers.

#include "bench/common/peers.hpp"
#include "bench/device/engine.hpp"

#ifdef LINUX_AIO_BENCH_LIBURING

#include <liburing.h>

#include <cerrno>

#include "bench/common/fail.hpp"

namespace device {
namespace {

using bench::fail;

class IoUring : public Engine {
 public:
  explicit IoUring(Transfers& transfers)
      : Engine(transfers),
        status_(::io_uring_queue_init(static_cast<unsigned>(depth()), &ring_, 0)) {}
  IoUring(const IoUring&) = delete;
  IoUring& operator=(const IoUring&) = delete;
  ~IoUring() override {
    if (status_ == 0) ::io_uring_queue_exit(&ring_);
  }

  // 0 or -errno.
  [[nodiscard]] int status() const { return status_; }

  void start(std::size_t slot, std::uint64_t offset) override {
    io_uring_sqe* const request = ::io_uring_get_sqe(&ring_);
    if (request == nullptr) fail("io_uring: the submission queue is full");
    const int file = transfers().file.number();
    const std::span<std::byte> block = bytes(slot);
    const auto size = static_cast<unsigned>(block.size());
    if (transfers().write) {
      ::io_uring_prep_write(request, file, block.data(), size, offset);
    } else {
      ::io_uring_prep_read(request, file, block.data(), size, offset);
    }
    ::io_uring_sqe_set_data64(request, slot);
  }

 private:
  void await(std::size_t at_least) override {
    int status = 0;
    do {
      status = ::io_uring_submit_and_wait(&ring_, static_cast<unsigned>(at_least));
    } while (status == -EINTR);
    if (status < 0) fail("io_uring_submit_and_wait", -status);
    io_uring_cqe* completion = nullptr;
    unsigned head = 0;
    io_uring_for_each_cqe(&ring_, head, completion) {
      complete(::io_uring_cqe_get_data64(completion), completion->res);
    }
    ::io_uring_cq_advance(&ring_, static_cast<unsigned>(completed()));
  }

  ::io_uring ring_ = {};
  int status_;
};

}  // namespace

Made make_io_uring(Transfers& transfers) {
  auto engine = std::make_unique<IoUring>(transfers);
  if (engine->status() < 0) return std::unexpected(bench::no_io_uring(engine->status()));
  return engine;
}

}  // namespace device

#else

namespace device {

Made make_io_uring(Transfers& /*transfers*/) {
  return std::unexpected(bench::built_without("liburing"));
}

}  // namespace device

#endif
