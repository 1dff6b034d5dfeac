#include "bench/overhead/works.hpp"

#include <poll.h>

#include <utility>

namespace overhead {

namespace aio = linux_aio;

std::expected<Works, std::string> Works::open() {
  auto null = aio::File::open("/dev/null", aio::Access::write_only);
  auto zero = aio::File::open("/dev/zero", aio::Access::read_only);
  auto event_fd = aio::EventFd::create();
  if (!null) return std::unexpected("/dev/null: " + null.error().message());
  if (!zero) return std::unexpected("/dev/zero: " + zero.error().message());
  if (!event_fd) return std::unexpected("eventfd: " + event_fd.error().message());
  Works works(std::move(*null), std::move(*zero), std::move(*event_fd));
  const bool there = works.add("null_write_512", Kind::write, works.null_, 512) &&
                     works.add("zero_read_512", Kind::read, works.zero_, 512) &&
                     works.add("zero_read_4096", Kind::read, works.zero_, 4096) &&
                     works.add("eventfd_poll", Kind::poll, works.event_fd_, 0);
  if (!there) return std::unexpected("there is no memory for the buffers");
  return works;
}

bool Works::add(const char* name, Kind kind, aio::BorrowedFd fd, std::size_t length) {
  Work work{.name = name,
            .kind = kind,
            .length = length,
            .result = kind == Kind::poll ? long{POLLOUT} : static_cast<long>(length),
            .fd = fd,
            .buffers = {},
            .addresses = {}};
  for (std::size_t index = 0; length != 0 && index < largest_batch; ++index) {
    auto buffer = aio::AlignedBuffer::allocate(length);
    if (!buffer) return false;
    work.addresses.push_back(reinterpret_cast<char*>(buffer->bytes().data()));
    work.buffers.push_back(std::move(*buffer));
  }
  all_.push_back(std::move(work));
  return true;
}

}  // namespace overhead
