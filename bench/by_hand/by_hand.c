#define _GNU_SOURCE
#include "bench/by_hand/by_hand.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ByHandRing {
  unsigned id, nr, head, tail;
  unsigned magic, compat, incompat, header_length;
  struct io_event events[];
};

static const unsigned ring_magic = 0xa10a10a1;

void by_hand_use_ring(struct ByHand* hand, void* ring) {
  struct ByHandRing* known = ring;
  hand->ring =
      known->magic == ring_magic && known->incompat == 0 && known->header_length == sizeof *known
          ? known
          : NULL;
}

int by_hand_setup(struct ByHand* hand, unsigned capacity) {
  memset(hand, 0, sizeof *hand);
  if (syscall(SYS_io_setup, capacity, &hand->context) < 0) return -1;
  by_hand_use_ring(hand, (void*)(uintptr_t)hand->context);
  return 0;
}

void by_hand_destroy(struct ByHand* hand) { syscall(SYS_io_destroy, hand->context); }

static inline void stage(struct ByHand* hand, size_t index, unsigned opcode, int fd,
                         uint64_t memory, size_t length) {
  struct iocb* iocb = &hand->iocbs[index];
  memset(iocb, 0, sizeof *iocb);
  iocb->aio_data = index;
  iocb->aio_lio_opcode = (uint16_t)opcode;
  iocb->aio_fildes = (uint32_t)fd;
  iocb->aio_buf = memory;
  iocb->aio_nbytes = length;
  hand->staged[hand->staged_count++] = iocb;
}

static int submit(struct ByHand* hand) {
  size_t done = 0;
  while (done < hand->staged_count) {
    long result =
        syscall(SYS_io_submit, hand->context, hand->staged_count - done, hand->staged + done);
    if (result < 0) {
      if (errno == EINTR) continue;
      return -1;
    }
    done += (size_t)result;
    hand->in_flight += (size_t)result;
  }
  hand->staged_count = 0;
  return 0;
}

static inline void finish(struct ByHand* hand, const struct io_event* event, long* total) {
  --hand->in_flight;
  *total += event->res;
}

size_t by_hand_reap(struct ByHand* hand, long* total) {
  struct ByHandRing* ring = hand->ring;
  size_t count = 0;
  unsigned head = ring->head;
  while (head != __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE)) {
    finish(hand, &ring->events[head], total);
    head = head + 1 == ring->nr ? 0 : head + 1;
    __atomic_store_n(&ring->head, head, __ATOMIC_RELEASE);
    ++count;
  }
  return count;
}

static long wait_for_all(struct ByHand* hand) {
  long total = 0;
  if (submit(hand) < 0) return -1;
  if (hand->ring != NULL) by_hand_reap(hand, &total);
  while (hand->in_flight != 0) {
    struct io_event events[64];
    long count = syscall(SYS_io_getevents, hand->context, 1, 64, events, NULL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    for (long index = 0; index < count; ++index) finish(hand, &events[index], &total);
  }
  return total;
}

long by_hand_write(struct ByHand* hand, int fd, char** memory, size_t length, size_t count) {
  for (size_t index = 0; index < count; ++index) {
    stage(hand, index, IOCB_CMD_PWRITE, fd, (uintptr_t)memory[index], length);
  }
  return wait_for_all(hand);
}

long by_hand_read(struct ByHand* hand, int fd, char** memory, size_t length, size_t count) {
  for (size_t index = 0; index < count; ++index) {
    stage(hand, index, IOCB_CMD_PREAD, fd, (uintptr_t)memory[index], length);
  }
  return wait_for_all(hand);
}

long by_hand_poll(struct ByHand* hand, int fd, size_t count) {
  for (size_t index = 0; index < count; ++index) {
    stage(hand, index, IOCB_CMD_POLL, fd, POLLOUT, 0);
  }
  return wait_for_all(hand);
}
