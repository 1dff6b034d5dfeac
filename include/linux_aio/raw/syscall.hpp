// The six system calls of Linux AIO. Each returns what the kernel returns: a result >= 0, or
// -errno. The C library's errno variable is neither read by the caller nor changed.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <linux_aio/raw/abi.hpp>

namespace linux_aio::raw {

namespace detail {

template <class... Arguments>
[[nodiscard]] inline long call(long number, Arguments... arguments) noexcept {
  const int saved = errno;
  const long result = ::syscall(number, arguments...);
  if (result != -1) return result;
  const int error = errno;
  errno = saved;
  return -error;
}

}  // namespace detail

/// Creates a context that can hold at least `nr_events` requests, and writes its handle.
///
/// Ownership: on success the process owns the context until io_destroy(), exec or exit; on failure
/// there is none. `*context` must be 0 beforehand: on x32 the kernel writes only the low half.
/// Errors: -EINVAL (`*context` not 0, `nr_events` 0 or too large), -EFAULT, -ENOMEM, -EAGAIN (more
/// than what is left of fs.aio-max-nr), -ENOSYS (kernel without CONFIG_AIO).
/// Since Linux 2.6. Source: io_setup(2), fs/aio.c.
[[nodiscard]] inline long io_setup(unsigned nr_events, aio_context_t* context) noexcept {
  return detail::call(nr_io_setup, nr_events, context);
}

/// Destroys a context: cancels what can be cancelled and waits for the rest. Events that were not
/// reaped are lost. Takes tens of milliseconds even when nothing is in flight.
///
/// Ownership: after success the kernel uses no buffer of the context's requests any more.
/// Errors: -EINVAL (no such context in this process; a forked child has none).
/// Since Linux 2.6. Source: io_destroy(2), kill_ioctx() in fs/aio.c.
[[nodiscard]] inline long io_destroy(aio_context_t context) noexcept {
  return detail::call(nr_io_destroy, context);
}

/// Submits `count` requests in order and returns how many were accepted; it stops at the first bad
/// one, whose error shows only if it is the first of the call.
///
/// Ownership: the kernel copies the iocb (and iovec array) before it returns; the data buffers of
/// the accepted requests must live, and stay where they are, until their completion.
/// Errors: -EAGAIN (no slot left: reap), -EBADF, -EINVAL, -EFAULT, -EPERM, -EOPNOTSUPP, -ENOSYS.
/// Since Linux 2.6. Source: io_submit(2), io_submit_one() in fs/aio.c.
[[nodiscard]] inline long io_submit(aio_context_t context, long count, iocb** requests) noexcept {
  return detail::call(nr_io_submit, context, count, requests);
}

/// Asks to cancel one request, identified by the address of its iocb.
///
/// Success is reported as -EINPROGRESS: the request then completes with an event as usual, and
/// `result` is never written. In practice only polls can be cancelled.
/// Errors: -EINVAL (not in flight, or not cancellable), -EFAULT.
/// Since Linux 2.6; -EINPROGRESS since 4.19. Source: io_cancel(2), fs/aio.c.
[[nodiscard]] inline long io_cancel(aio_context_t context, iocb* request,
                                    io_event* result) noexcept {
  return detail::call(nr_io_cancel, context, request, result);
}

/// Reaps between `min_nr` and `nr` completions and returns how many it wrote to `events`.
///
/// `timeout` is relative; nullptr, and any negative field, waits for ever, as does min_nr >= 1 when
/// nothing is in flight. A timeout or a signal after the first event gives a short count.
/// Errors: -EINTR (a signal, before any event), -EINVAL, -EFAULT (no event is lost).
/// Since Linux 2.6. Source: io_getevents(2), read_events() in fs/aio.c.
[[nodiscard]] inline long io_getevents(aio_context_t context, long min_nr, long nr,
                                       io_event* events, getevents_timespec* timeout) noexcept {
  return detail::call(nr_io_getevents, context, min_nr, nr, events, timeout);
}

/// As io_getevents(), with the signal mask `sigmask` in force while it waits; nullptr changes none.
///
/// `sigmask->sigsetsize` must be kernel_sigset_size.
/// Errors: as io_getevents(); -ENOSYS or, from a seccomp filter, -EPERM where it is missing.
/// Since Linux 4.18. Source: io_getevents(2), SYSCALL_DEFINE6(io_pgetevents) in fs/aio.c.
[[nodiscard]] inline long io_pgetevents(aio_context_t context, long min_nr, long nr,
                                        io_event* events, pgetevents_timespec* timeout,
                                        const aio_sigset* sigmask) noexcept {
  return detail::call(nr_io_pgetevents, context, min_nr, nr, events, timeout, sigmask);
}

/// io_pgetevents() with a 64-bit time on 32-bit ABIs; on 64-bit ABIs, which have no such call, it
/// is -ENOSYS.
///
/// Errors: as io_pgetevents().
/// Since Linux 5.1. Source: fs/aio.c, syscall tables of the kernel.
[[nodiscard]] inline long io_pgetevents_time64(aio_context_t context, long min_nr, long nr,
                                               io_event* events, kernel_timespec* timeout,
                                               const aio_sigset* sigmask) noexcept {
  return detail::call(nr_io_pgetevents_time64, context, min_nr, nr, events, timeout, sigmask);
}

}  // namespace linux_aio::raw
