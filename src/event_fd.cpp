#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <linux_aio/event_fd.hpp>
#include <utility>

namespace linux_aio {

Result<EventFd> EventFd::create() noexcept {
  const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) return std::unexpected(Error(Call::eventfd, errno));
  return EventFd(fd);
}

EventFd& EventFd::operator=(EventFd&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

EventFd::~EventFd() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::uint64_t> EventFd::drain() const noexcept {
  ::eventfd_t counter = 0;
  if (::eventfd_read(number(), &counter) == 0) return counter;
  if (errno == EAGAIN) return std::uint64_t{0};
  return std::unexpected(Error(Call::eventfd, errno));
}

Result<void> EventFd::signal() const noexcept {
  if (::eventfd_write(number(), 1) == 0 || errno == EAGAIN) return {};
  return std::unexpected(Error(Call::eventfd, errno));
}

}  // namespace linux_aio
