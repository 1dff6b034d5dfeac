// Context: owns the requests in flight, submits them, and gives each back as its completion.
#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
#include <expected>
#include <linux_aio/async.hpp>
#include <linux_aio/commit.hpp>
#include <linux_aio/config.hpp>
#include <linux_aio/context_options.hpp>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/detail/run.hpp>
#include <linux_aio/detail/submit.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/in_flight_request.hpp>
#include <linux_aio/request_id.hpp>
#include <linux_aio/statistics.hpp>
#include <linux_aio/sync.hpp>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

namespace linux_aio {

/// A kernel AIO context. Every request it accepts completes exactly once, with its type and its
/// buffer, whether the kernel refuses it at submission or reports on it later.
///
/// Used by one thread at a time; one context per thread is how to scale. Continuations run inside
/// poll(), wait(), run() and close(), never inside submit() or flush(). They may use the context,
/// but not destroy it, and must not throw (that ends the program). One that waits, by run() or
/// wait(), runs others inside itself, as deep as requests are in flight: use submit() there. No
/// call allocates after create(). A child that is forked in a continuation must not return from it.
class Context {
 public:
  /// The clock of deadlines.
  using Clock = std::chrono::steady_clock;

  /// Makes a context for `options.capacity` requests.
  ///
  /// Ownership: the Context owns the kernel's; after failure there is none. Errors: EINVAL
  /// (capacity 0 or over 4194304), EAGAIN (fs.aio-max-nr, system-wide), ENOMEM, ENOSYS (no AIO in
  /// this kernel), EPERM (seccomp). Since Linux 2.6. Source: io_setup(2).
  [[nodiscard]] static Result<Context> create(ContextOptions options = {}) noexcept {
    auto engine = detail::Engine::create(options);
    if (!engine) return std::unexpected(engine.error());
    return Context(std::move(*engine));
  }

  /// Takes the context of the other, which can only be assigned to or destroyed then.
  Context(Context&&) noexcept = default;
  /// Destroys its own context and takes that of the other.
  Context& operator=(Context&&) noexcept = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// Waits for the kernel to let go of what is in flight and discards it: buffers are freed, and
  /// continuations are destroyed without being called. close() first loses nothing. Takes tens of
  /// milliseconds. Source: io_destroy(2).
  ~Context() = default;

  /// Runs `requests` and returns when all are complete: a tuple of their completions, in order.
  ///
  /// Ownership: spans are borrowed for the duration of the call; buffers come back in the
  /// completions. More requests than there is room for go out as room is made, before any that
  /// others submit meanwhile. Other requests' continuations may run meanwhile.
  /// Errors: in each completion; there ESHUTDOWN if the context is closed, EAGAIN if open Commits
  /// have all slots, EINVAL in a forked child. Ends the program where it can no longer wait for
  /// what it lent: a seccomp filter without io_getevents. Since Linux 2.6. Source: io_submit(2),
  /// io_getevents(2).
  template <class... Requests>
  [[nodiscard]] auto run(Requests&&... requests) noexcept {
    (detail::explain_request<Requests&&>(), ...);
    return detail::run_all(engine(), requests...);
  }

  /// Runs all of `requests`, a range of requests of one type, and returns when all are complete.
  /// `continuation` is called with each one's index in the range and its completion, as they come.
  /// The range may make its requests as they are taken (std::views::transform), so that nobody
  /// keeps them; their buffer objects have up to 64 bytes then.
  ///
  /// Ownership, errors: as run(); the requests are used up, and their buffers moved out.
  template <std::ranges::forward_range Requests, class Continuation>
  void run_each(Requests&& requests, Continuation&& continuation) noexcept {
    using R = std::ranges::range_value_t<Requests>;
    detail::explain_request<R&&>();
    static_assert(std::invocable<Continuation&, std::size_t, typename R::Completion>,
                  "the continuation must be callable with an index and the requests' completion: "
                  "[](std::size_t index, auto done) {}");
    static_assert(
        !std::is_const_v<std::remove_reference_t<std::ranges::range_reference_t<Requests>>>,
        "requests are given up when they are run: the range must not be const");
    detail::run_each(engine(), requests, continuation);
  }

  /// Stages a request; the next flush(), poll(), wait() or run() hands it to the kernel. When it is
  /// complete, `continuation` is called once with the completion, from poll(), wait(), run(),
  /// close(). Returns its name, for cancel().
  ///
  /// Ownership: after success the context owns the request, its buffer and the continuation; after
  /// failure the error holds both. Only requests that own their memory are accepted. Buffer and
  /// continuation lie in a slot of 104 bytes: next to an AlignedBuffer, 64 are left for captures.
  /// Errors: EAGAIN (as many in flight as the capacity, or run() is waiting for room: wait() makes
  /// it), ESHUTDOWN (closed), EINVAL (in a forked child). Since Linux 2.6. Source: io_submit(2).
  template <class Request, class Continuation>
  [[nodiscard]] std::expected<RequestId, Rejected<Request, std::decay_t<Continuation>>> submit(
      Request&& request, Continuation&& continuation) noexcept {
    using Callable = std::decay_t<Continuation>;
    detail::explain_submission<Request&&, Callable>();
    detail::Engine& engine = this->engine();
    const detail::ThreadCheck::Use use(engine.thread_check);
    Callable callable(std::forward<Continuation>(continuation));
    detail::Slot* const slot = detail::place_owned(engine, request, callable);
    if (slot == nullptr) return detail::reject(engine, request, callable);
    engine.stage(*slot);
    return engine.id_of(*slot);
  }

  /// For co_await in a coroutine of any task type: stages a request, and gives its completion. The
  /// coroutine is resumed by poll(), wait(), run(), close(). If the context is full, the request
  /// waits for room, in the coroutine's frame.
  ///
  /// Ownership: as submit(); the coroutine may be destroyed while it is suspended, see Async. If
  /// the context is destroyed first, the coroutine is never resumed. Errors: in the completion, as
  /// run(). Since Linux 2.6. Source: io_submit(2).
  template <class Request>
  [[nodiscard]] Async<Request> async(Request&& request) & noexcept LINUX_AIO_LIFETIMEBOUND {
    detail::explain_request<Request&&>();
    static_assert(
        Request::owns_memory,
        "a coroutine may be destroyed before the kernel is done, so async() takes no "
        "borrowed memory: give the request an owning buffer (AlignedBuffer, std::vector)");
    return Async<Request>(engine(), std::move(request));
  }

  /// Accepts a sync that is sent after the writes submitted through the Commit, see there.
  /// `continuation` is called once with its completion.
  ///
  /// Ownership: as submit(). Errors: as submit(); ECANCELED in the completion if one of the writes
  /// failed, or the Commit was not sealed. Since Linux 4.18. Source: fsync(2), aio_fsync() in
  /// fs/aio.c.
  template <class Request, class Continuation>
  [[nodiscard]] std::expected<Commit, Rejected<Sync, std::decay_t<Continuation>>> begin_commit(
      Request&& sync, Continuation&& continuation) & noexcept LINUX_AIO_LIFETIMEBOUND {
    using Callable = std::decay_t<Continuation>;
    detail::explain_submission<Request&&, Callable>();
    static_assert(std::same_as<std::remove_cvref_t<Request>, Sync>,
                  "begin_commit() takes the fsync or fdatasync of the commit: submit its writes "
                  "through the Commit");
    detail::Engine& engine = this->engine();
    const detail::ThreadCheck::Use use(engine.thread_check);
    Callable callable(std::forward<Continuation>(continuation));
    detail::Slot* const slot = detail::place_owned(engine, sync, callable);
    if (slot == nullptr) return detail::reject(engine, sync, callable);
    engine.hold(*slot);
    return Commit(engine, engine.id_of(*slot));
  }

  /// Hands the staged requests to the kernel, in order; runs no continuation. A request that the
  /// kernel refuses completes with its errno at the next poll(), wait(), run() or close().
  ///
  /// Returns how many requests the kernel has yet to get, whose files are to be kept open: there is
  /// no room for them, a Commit holds them, or their coroutines wait for a slot. Since Linux 2.6.
  /// Source: io_submit(2).
  std::size_t flush() noexcept {
    detail::Engine& engine = this->engine();
    engine.flush();
    return engine.unsent();
  }

  /// Submits what is staged, completes what is ready, without waiting, and submits what the
  /// continuations staged: an event loop may sleep then. Returns how many continuations ran; no
  /// system call when nothing is staged or in the kernel.
  ///
  /// Errors: EINVAL (the context belongs to another process), EPERM (seccomp). Since Linux 2.6.
  /// Source: io_getevents(2), aio_read_events_ring() in fs/aio.c.
  [[nodiscard]] Result<std::size_t> poll() noexcept { return engine().poll(); }

  /// Submits what is staged and waits until `at_least` continuations have run, or nothing is in
  /// flight any more. Returns how many ran. Resumes after signals.
  ///
  /// The kernel wakes the thread for as many at once, so ask for more than one only where none of
  /// them waits for what another's continuation does.
  ///
  /// Errors: EDEADLK (nothing in flight: there is nothing to wait for), EINVAL (the context belongs
  /// to another process), EPERM (seccomp). Since Linux 2.6. Source: io_getevents(2).
  [[nodiscard]] Result<std::size_t> wait(std::size_t at_least = 1) noexcept {
    return engine().wait(at_least, detail::Engine::never);
  }

  /// As wait(at_least), until `deadline` at most: then it returns how many ran, fewer than
  /// `at_least`.
  [[nodiscard]] Result<std::size_t> wait(std::size_t at_least,
                                         Clock::time_point deadline) noexcept {
    return engine().wait(at_least, deadline);
  }

  /// As wait(at_least), for `timeout` at most; a negative one is zero.
  template <class Rep, class Period>
  [[nodiscard]] Result<std::size_t> wait(std::size_t at_least,
                                         std::chrono::duration<Rep, Period> timeout) noexcept {
    return engine().wait(at_least, after(timeout));
  }

  /// As wait(at_least, deadline), with `signals` as the thread's signal mask while it waits, in one
  /// step: a signal that is blocked outside and not in `signals` ends the wait, and none is missed.
  /// Without a signal, too, fewer than `at_least` may have run: where the kernel gives 64 at once,
  /// or has yet to get some. Clock::time_point::max() waits without end.
  ///
  /// Errors: EINTR (a signal's handler has run, and no continuation), ENOSYS (before Linux 4.18),
  /// EPERM (seccomp; an EventFd and a signalfd in one epoll serve there), others as wait(). Since
  /// Linux 4.18. Source: io_pgetevents in io_getevents(2).
  [[nodiscard]] Result<std::size_t> wait(std::size_t at_least, Clock::time_point deadline,
                                         const ::sigset_t& signals) noexcept {
    detail::Engine::Deadline until;
    if (deadline != Clock::time_point::max()) until = deadline;
    return engine().wait(at_least, until, signals);
  }

  /// Asks for a request to be cancelled. It completes in any case, once, and with its buffer. In
  /// practice the kernel can cancel polls, and the context what it has not yet sent.
  ///
  /// Errors: EINVAL (the context belongs to another process), EPERM, ENOSYS (seccomp).
  /// Since Linux 2.6. Source: io_cancel(2).
  [[nodiscard]] Result<Cancel> cancel(RequestId request) noexcept {
    return engine().cancel(request);
  }

  /// Completes all that is in flight, cancelling polls, and destroys the kernel's context.
  /// Afterwards submit() refuses. Does not return while continuations go on submitting: then give
  /// it a deadline.
  ///
  /// Errors: EINVAL (the context belongs to another process), EPERM (seccomp), EDEADLK (a Commit is
  /// still open). Since Linux 2.6. Source: io_destroy(2).
  [[nodiscard]] Result<void> close() noexcept { return engine().close({}); }

  /// As close(), until `deadline` at most.
  ///
  /// Errors: ETIMEDOUT: the context is still open and owns what is in flight, which
  /// for_each_in_flight() names.
  [[nodiscard]] Result<void> close(Clock::time_point deadline) noexcept {
    return engine().close(deadline);
  }

  /// As close(), for `timeout` at most; a negative one is zero.
  template <class Rep, class Period>
  [[nodiscard]] Result<void> close(std::chrono::duration<Rep, Period> timeout) noexcept {
    return engine().close(after(timeout));
  }

  /// Whether close() has closed it.
  [[nodiscard]] bool closed() const noexcept { return engine().closed(); }

  /// Requests that were accepted and are not yet complete: staged, in the kernel, or refused.
  [[nodiscard]] std::size_t in_flight() const noexcept { return engine().in_flight(); }

  /// Calls `visit` with an InFlightRequest for each request in flight, in no order.
  template <class Visit>
  void for_each_in_flight(Visit&& visit) const {
    const detail::Engine& engine = this->engine();
    engine.for_each_in_flight([&](const detail::Slot& slot) {
      visit(detail::in_flight_request(engine.id_of(slot), slot.iocb));
    });
  }

  /// The most requests that can be in flight.
  [[nodiscard]] std::size_t capacity() const noexcept { return engine().capacity(); }

  /// Counters since create().
  [[nodiscard]] Statistics statistics() const noexcept { return engine().statistics(); }

 private:
  explicit Context(std::unique_ptr<detail::Engine> engine) noexcept : engine_(std::move(engine)) {}

  [[nodiscard]] detail::Engine& engine() const noexcept {
    if (engine_ == nullptr) detail::fatal("a Context was used after it was moved from");
    return *engine_;
  }

  template <class Rep, class Period>
  static detail::Engine::Deadline after(std::chrono::duration<Rep, Period> timeout) noexcept {
    using std::chrono::duration;
    const Clock::time_point now = Clock::now();
    if (!(timeout > timeout.zero())) return now;  // this way round for a timeout that is NaN, too
    if (duration<double>(timeout) >= duration<double>(Clock::time_point::max() - now)) return {};
    return now + std::chrono::ceil<Clock::duration>(timeout);
  }

  std::unique_ptr<detail::Engine> engine_;
};

}  // namespace linux_aio
