/* What a careful C programmer writes on the bare system calls, without a library: what all the rest
 * is compared with. It takes completions out of the kernel's ring, as linux_aio does, and checks
 * what it must. */
#ifndef LINUX_AIO_BENCH_BY_HAND_H
#define LINUX_AIO_BENCH_BY_HAND_H

#include <linux/aio_abi.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LINUX_AIO_BY_HAND_MOST 256

struct ByHandRing;

struct ByHand {
  aio_context_t context;
  struct ByHandRing* ring; /* NULL: the kernel's ring is not the known one */
  struct iocb iocbs[LINUX_AIO_BY_HAND_MOST];
  struct iocb* staged[LINUX_AIO_BY_HAND_MOST];
  size_t staged_count;
  size_t in_flight;
};

/* 0, or -1 with errno. */
int by_hand_setup(struct ByHand* hand, unsigned capacity);
void by_hand_destroy(struct ByHand* hand);

/* Sends `count` writes, or reads, of `length` bytes, and waits for all. Returns the bytes
 * transferred, or -1. */
long by_hand_write(struct ByHand* hand, int fd, char** memory, size_t length, size_t count);
long by_hand_read(struct ByHand* hand, int fd, char** memory, size_t length, size_t count);

/* Asks `count` times whether `fd` can be written to, and waits for the answers. */
long by_hand_poll(struct ByHand* hand, int fd, size_t count);

/* Takes what is in the ring, without waiting; returns how many. */
size_t by_hand_reap(struct ByHand* hand, long* total);

/* Reads and moves the ring of another context: only for a kernel that is made up. */
void by_hand_use_ring(struct ByHand* hand, void* ring);

#ifdef __cplusplus
}
#endif

#endif
