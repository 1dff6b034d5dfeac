// The bindings compile after the headers whose names they resemble, in which POLLIN, RWF_NOWAIT or
// __NR_io_setup are macros, and say the same.

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/syscall.h>

#include "linux_aio/raw/abi.hpp"

namespace raw = linux_aio::raw;

static_assert(raw::nr_io_setup == __NR_io_setup);
static_assert(raw::nr_io_destroy == __NR_io_destroy);
static_assert(raw::nr_io_submit == __NR_io_submit);
static_assert(raw::nr_io_cancel == __NR_io_cancel);
static_assert(raw::nr_io_getevents == __NR_io_getevents);
static_assert(raw::nr_io_pgetevents == __NR_io_pgetevents);

static_assert(raw::iocb_cmd_pread == IOCB_CMD_PREAD);
static_assert(raw::iocb_cmd_pwritev == IOCB_CMD_PWRITEV);
static_assert(raw::iocb_cmd_poll == IOCB_CMD_POLL);
static_assert(raw::iocb_flag_resfd == IOCB_FLAG_RESFD);
static_assert(raw::iocb_flag_ioprio == IOCB_FLAG_IOPRIO);
static_assert(raw::rwf_hipri == RWF_HIPRI);
static_assert(raw::rwf_append == RWF_APPEND);
static_assert(raw::pollin == POLLIN);
static_assert(raw::pollhup == POLLHUP);

static_assert(sizeof(raw::iocb) == sizeof(iocb));
static_assert(alignof(raw::iocb) == alignof(iocb));
static_assert(offsetof(raw::iocb, aio_key) == offsetof(iocb, aio_key));
static_assert(offsetof(raw::iocb, aio_rw_flags) == offsetof(iocb, aio_rw_flags));
static_assert(offsetof(raw::iocb, aio_resfd) == offsetof(iocb, aio_resfd));
static_assert(sizeof(raw::io_event) == sizeof(io_event));
static_assert(offsetof(raw::io_event, res) == offsetof(io_event, res));
static_assert(sizeof(raw::aio_context_t) == sizeof(aio_context_t));

int main() {}
