// io_uring through liburing, without registered files or buffers.

#include "bench/common/peers.hpp"
#include "bench/experiment/way.hpp"

#ifdef LINUX_AIO_BENCH_LIBURING

#include <liburing.h>

namespace experiment {
namespace {

class IoUring : public Way {
 public:
  explicit IoUring(std::span<Source> sources) : sources_(sources) {}
  IoUring(const IoUring&) = delete;
  IoUring& operator=(const IoUring&) = delete;
  ~IoUring() override {
    if (made_) ::io_uring_queue_exit(&ring_);
  }

  // 0 or -errno.
  int make() {
    const int status = ::io_uring_queue_init(static_cast<unsigned>(sources_.size()), &ring_, 0);
    made_ = status == 0;
    return status;
  }

  void begin() override {
    for (Source& source : sources_) {
      const std::span<std::byte> bytes = source.buffer.bytes();
      io_uring_sqe* const request = ::io_uring_get_sqe(&ring_);
      if (request == nullptr) fail("io_uring: the submission queue is full");
      ::io_uring_prep_read(request, source.file.number(), bytes.data(),
                           static_cast<unsigned>(bytes.size()), 0);
      ::io_uring_sqe_set_data(request, &source);
    }
    std::size_t sent = 0;
    while (sent < sources_.size()) {
      const int accepted = ::io_uring_submit(&ring_);
      if (accepted < 0) fail("io_uring_submit", -accepted);
      sent += static_cast<std::size_t>(accepted);
    }
  }

  void end() override {
    const auto all = static_cast<unsigned>(sources_.size());
    io_uring_cqe* completion = nullptr;
    const int status = ::io_uring_wait_cqe_nr(&ring_, &completion, all);
    if (status < 0) fail("io_uring_wait_cqe_nr", -status);
    unsigned head = 0;
    io_uring_for_each_cqe(&ring_, head, completion) {
      expect_whole(*static_cast<const Source*>(::io_uring_cqe_get_data(completion)),
                   completion->res);
    }
    ::io_uring_cq_advance(&ring_, all);
  }

 private:
  std::span<Source> sources_;
  ::io_uring ring_ = {};
  bool made_ = false;
};

}  // namespace

Made make_io_uring(std::span<Source> sources) {
  auto way = std::make_unique<IoUring>(sources);
  const int status = way->make();
  if (status < 0) return std::unexpected(bench::no_io_uring(status));
  return way;
}

}  // namespace experiment

#else

namespace experiment {

Made make_io_uring(std::span<Source> /*sources*/) {
  return std::unexpected(bench::built_without("liburing"));
}

}  // namespace experiment

#endif
