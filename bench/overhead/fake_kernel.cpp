#include "bench/overhead/fake_kernel.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <linux_aio/raw.hpp>
#include <linux_aio/raw/supplement.hpp>

namespace overhead {
namespace {

namespace raw = linux_aio::raw;

bool fake = false;  // NOLINT(*-non-const-global-variables): syscall() has no other place to look

// SAFETY: the kernel's arguments are integers as wide as a pointer, whatever they stand for; a
// context's handle is the address of its ring.
template <class T>
T* pointer(long argument) {
  return reinterpret_cast<T*>(argument);
}

raw::io_event* events_of(raw::aio_ring& ring) {
  return reinterpret_cast<raw::io_event*>(&ring + 1);
}

std::size_t bytes_of(std::uint32_t events) {
  return sizeof(raw::aio_ring) + events * sizeof(raw::io_event);
}

std::uint32_t after(std::uint32_t index, const raw::aio_ring& ring) {
  return index + 1 == ring.nr ? 0 : index + 1;
}

long setup(std::uint32_t capacity, raw::aio_context_t& context) {
  const std::uint32_t events = capacity + 1;  // a ring that is full is not empty
  void* const memory = ::mmap(nullptr, bytes_of(events), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory == MAP_FAILED) return -ENOMEM;
  auto& ring = *static_cast<raw::aio_ring*>(memory);
  ring = {};
  ring.nr = events;
  ring.magic = raw::aio_ring_magic;
  ring.compat_features = raw::aio_ring_compat_features;
  ring.incompat_features = raw::aio_ring_incompat_features;
  ring.header_length = sizeof ring;
  context = static_cast<raw::aio_context_t>(raw::address_of(memory));
  return 0;
}

long submit(raw::aio_ring& ring, long count, raw::iocb** requests) {
  const std::uint32_t head = std::atomic_ref(ring.head).load(std::memory_order_acquire);
  std::uint32_t tail = ring.tail;
  long done = 0;
  for (; done < count && after(tail, ring) != head; ++done) {
    const raw::iocb& request = *requests[done];
    const bool poll = request.aio_lio_opcode == raw::iocb_cmd_poll;
    raw::io_event event{};
    event.data = request.aio_data;
    event.obj = raw::address_of(&request);
    event.res = static_cast<std::int64_t>(poll ? request.aio_buf : request.aio_nbytes);
    events_of(ring)[tail] = event;
    tail = after(tail, ring);
  }
  std::atomic_ref(ring.tail).store(tail, std::memory_order_release);
  return done == 0 && count != 0 ? -EAGAIN : done;
}

// What is not there now never comes: it does not wait.
long take(raw::aio_ring& ring, long most, raw::io_event* events) {
  long count = 0;
  for (; count < most && ring.head != ring.tail; ++count) {
    events[count] = events_of(ring)[ring.head];
    ring.head = after(ring.head, ring);
  }
  return count;
}

}  // namespace

void fake_the_kernel() { fake = true; }
bool kernel_is_fake() { return fake; }

long fake_system_call(long number, const std::array<long, 6>& arguments) {
  switch (number) {
    case raw::nr_io_submit:
      return submit(*pointer<raw::aio_ring>(arguments[0]), arguments[1],
                    pointer<raw::iocb*>(arguments[2]));
    case raw::nr_io_getevents:
      return take(*pointer<raw::aio_ring>(arguments[0]), arguments[2],
                  pointer<raw::io_event>(arguments[3]));
    case raw::nr_io_setup:
      return setup(static_cast<std::uint32_t>(arguments[0]),
                   *pointer<raw::aio_context_t>(arguments[1]));
    case raw::nr_io_destroy:
      return ::munmap(pointer<void>(arguments[0]),
                      bytes_of(pointer<raw::aio_ring>(arguments[0])->nr));
    default:
      return -ENOSYS;
  }
}

}  // namespace overhead
