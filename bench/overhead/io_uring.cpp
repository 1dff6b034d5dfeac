// io_uring through liburing: plain, and with registered files and buffers.

#include "bench/common/peers.hpp"
#include "bench/overhead/engines.hpp"

#ifdef LINUX_AIO_BENCH_LIBURING

#include <liburing.h>
#include <poll.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>

#include "bench/overhead/measure.hpp"

namespace overhead {
namespace {

class IoUring {
 public:
  IoUring() : status_(::io_uring_queue_init(largest_batch, &ring_, 0)) {}
  IoUring(const IoUring&) = delete;
  IoUring& operator=(const IoUring&) = delete;
  ~IoUring() {
    if (status_ == 0) ::io_uring_queue_exit(&ring_);
  }

  // 0 or -errno.
  [[nodiscard]] int status() const { return status_; }

  long write(Work& work, std::size_t batch) {
    return run(batch, [&work](io_uring_sqe* request, std::size_t index) {
      ::io_uring_prep_write(request, work.fd.number(), work.addresses[index],
                            static_cast<unsigned>(work.length), 0);
    });
  }
  long read(Work& work, std::size_t batch) {
    return run(batch, [&work](io_uring_sqe* request, std::size_t index) {
      ::io_uring_prep_read(request, work.fd.number(), work.addresses[index],
                           static_cast<unsigned>(work.length), 0);
    });
  }
  long poll(const Work& work, std::size_t batch) {
    return run(batch, [&work](io_uring_sqe* request, std::size_t /*index*/) {
      ::io_uring_prep_poll_add(request, work.fd.number(), POLLOUT);
    });
  }

 protected:
  // The sum of the results, or -errno.
  template <class Prepare>
  long run(std::size_t batch, const Prepare& prepare) {
    for (std::size_t index = 0; index < batch; ++index) {
      io_uring_sqe* const request = ::io_uring_get_sqe(&ring_);
      if (request == nullptr) return -EBUSY;
      prepare(request, index);
      ::io_uring_sqe_set_data64(request, index);
    }
    const auto all = static_cast<unsigned>(batch);
    for (unsigned sent = 0; sent < all;) {
      const int accepted = ::io_uring_submit(&ring_);
      if (accepted < 0 && accepted != -EINTR) return accepted;
      if (accepted > 0) sent += static_cast<unsigned>(accepted);
    }
    io_uring_cqe* completion = nullptr;
    int status = 0;
    do {
      status = ::io_uring_wait_cqe_nr(&ring_, &completion, all);
    } while (status == -EINTR);
    if (status < 0) return status;
    long total = 0;
    unsigned head = 0;
    io_uring_for_each_cqe(&ring_, head, completion) total += completion->res;
    ::io_uring_cq_advance(&ring_, all);
    return total;
  }

  ::io_uring& ring() { return ring_; }

 private:
  ::io_uring ring_ = {};
  int status_;
};

// The kernel looks neither files nor pages up: the file of a work has the work's number, and its
// buffers follow those of the works before it.
class RegisteredIoUring : public IoUring {
 public:
  explicit RegisteredIoUring(const std::vector<Work>& works) : works_(works.data()) {
    if (status() < 0) return;
    std::vector<int> files;
    std::vector<iovec> buffers;
    for (const Work& work : works) {
      files.push_back(work.fd.number());
      first_buffer_.push_back(buffers.size());
      for (char* const address : work.addresses) buffers.push_back({address, work.length});
    }
    registered_ =
        ::io_uring_register_files(&ring(), files.data(), static_cast<unsigned>(files.size()));
    if (registered_ < 0) return;
    registered_ =
        ::io_uring_register_buffers(&ring(), buffers.data(), static_cast<unsigned>(buffers.size()));
  }

  // 0 or -errno.
  [[nodiscard]] int registered() const { return status() < 0 ? status() : registered_; }

  long write(Work& work, std::size_t batch) {
    const std::size_t number = number_of(work);
    const std::size_t first = first_buffer_[number];
    return run(batch, [&work, number, first](io_uring_sqe* request, std::size_t index) {
      ::io_uring_prep_write_fixed(request, static_cast<int>(number), work.addresses[index],
                                  static_cast<unsigned>(work.length), 0,
                                  static_cast<int>(first + index));
      request->flags |= IOSQE_FIXED_FILE;
    });
  }
  long read(Work& work, std::size_t batch) {
    const std::size_t number = number_of(work);
    const std::size_t first = first_buffer_[number];
    return run(batch, [&work, number, first](io_uring_sqe* request, std::size_t index) {
      ::io_uring_prep_read_fixed(request, static_cast<int>(number), work.addresses[index],
                                 static_cast<unsigned>(work.length), 0,
                                 static_cast<int>(first + index));
      request->flags |= IOSQE_FIXED_FILE;
    });
  }
  long poll(const Work& work, std::size_t batch) {
    const auto number = static_cast<int>(number_of(work));
    return run(batch, [number](io_uring_sqe* request, std::size_t /*index*/) {
      ::io_uring_prep_poll_add(request, number, POLLOUT);
      request->flags |= IOSQE_FIXED_FILE;
    });
  }

 private:
  [[nodiscard]] std::size_t number_of(const Work& work) const {
    return static_cast<std::size_t>(&work - works_);
  }

  const Work* works_;
  std::vector<std::size_t> first_buffer_;
  int registered_ = 0;
};

}  // namespace

LeftOut add_io_uring(std::vector<Work>& works) {
  const auto engine = std::make_shared<IoUring>();
  if (engine->status() < 0) return bench::no_io_uring(engine->status());
  add_row("io_uring", engine, works);
  return std::nullopt;
}

LeftOut add_io_uring_registered(std::vector<Work>& works) {
  const auto engine = std::make_shared<RegisteredIoUring>(works);
  if (engine->status() < 0) return bench::no_io_uring(engine->status());
  if (engine->registered() < 0) {
    return std::string("io_uring_register: ") + std::strerror(-engine->registered());
  }
  add_row("io_uring_registered", engine, works);
  return std::nullopt;
}

}  // namespace overhead

#else

namespace overhead {

LeftOut add_io_uring(std::vector<Work>& /*works*/) { return bench::built_without("liburing"); }

LeftOut add_io_uring_registered(std::vector<Work>& works) { return add_io_uring(works); }

}  // namespace overhead

#endif
