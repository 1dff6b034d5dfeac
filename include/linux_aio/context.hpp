// Context: owns the requests in flight, submits them, and gives each back as its completion.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <linux_aio/config.hpp>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/fatal.hpp>
#include <linux_aio/detail/operation.hpp>
#include <linux_aio/error.hpp>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace linux_aio {

/// How a context is made.
struct ContextOptions {
  std::uint32_t capacity = 128;  // requests in flight at most; counts against fs.aio-max-nr
};

/// A request that submit() did not accept, handed back with its continuation.
template <class Request, class Continuation>
struct [[nodiscard]] Rejected {
  Error error;
  Request request;  // std::move(request).release() is its buffer
  Continuation continuation;
};

/// A kernel AIO context. Every request it accepts completes exactly once, with its type and its
/// buffer, whether the kernel refuses it at submission or reports on it later.
///
/// Used by one thread at a time; one context per thread is how to scale. Continuations run inside
/// poll(), wait(), run() and close(), never inside submit() or flush(). They may use the context,
/// but not destroy it, and must not throw (that ends the program). One that waits, by run() or
/// wait(), runs others inside itself, as deep as requests are in flight: rather submit(). No call
/// allocates after create().
class Context {
 public:
  using Clock = std::chrono::steady_clock;

  /// Makes a context for `options.capacity` requests.
  ///
  /// Errors: EINVAL (capacity 0 or over 4194304), EAGAIN (fs.aio-max-nr, system-wide), ENOMEM,
  /// ENOSYS (no AIO in this kernel), EPERM (seccomp). Since Linux 2.6. Source: io_setup(2).
  [[nodiscard]] static Result<Context> create(ContextOptions options = {}) noexcept {
    auto engine = detail::Engine::create(options.capacity);
    if (!engine) return std::unexpected(engine.error());
    return Context(std::move(*engine));
  }

  Context(Context&&) noexcept = default;
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
  /// Errors: in each completion; ESHUTDOWN there if the context is closed. Ends the program where
  /// it can no longer wait for what it lent: a forked child, a seccomp filter without io_getevents.
  /// Since Linux 2.6. Source: io_submit(2), io_getevents(2).
  template <class... Requests>
  [[nodiscard]] auto run(Requests&&... requests) noexcept {
    (check_request<Requests&&>(), ...);
    detail::Engine& engine = this->engine();  // which stays where it is if the context is moved
    std::tuple<std::optional<typename Requests::Completion>...> completions;
    std::size_t left = sizeof...(Requests);
    std::apply([&](auto&... slots) { (start(engine, std::move(requests), slots, left), ...); },
               completions);
    while (left != 0) engine.wait_or_die();
    return std::apply([](auto&... slots) { return std::tuple(std::move(*slots)...); }, completions);
  }

  /// Stages a request; the next flush(), poll(), wait() or run() hands it to the kernel. When it is
  /// complete, `continuation` is called once with the completion, from poll(), wait(), run(),
  /// close().
  ///
  /// Ownership: after success the context owns the request, its buffer and the continuation; after
  /// failure the error holds both. Only requests that own their memory are accepted. Both lie in a
  /// slot of 104 bytes: next to a read or write of an AlignedBuffer, 48 are left for captures.
  /// Errors: EAGAIN (as many in flight as the capacity, or run() is waiting for room: wait() makes
  /// it), ESHUTDOWN (closed). Since Linux 2.6. Source: io_submit(2).
  template <class Request, class Continuation>
  [[nodiscard]] std::expected<void, Rejected<Request, std::decay_t<Continuation>>> submit(
      Request&& request, Continuation&& continuation) noexcept {
    check_request<Request&&>();
    static_assert(
        Request::owns_memory,
        "submit() returns before the kernel is done, so it takes no borrowed memory: give "
        "the request an owning buffer (AlignedBuffer, std::vector), or use run()");
    using Callable = std::decay_t<Continuation>;
    static_assert(std::invocable<Callable, typename Request::Completion>,
                  "the continuation must be callable with the request's completion");
    static_assert(std::is_nothrow_move_constructible_v<Callable>,
                  "the continuation must be movable without throwing");
    detail::Slot* slot = engine().acquire();
    if (slot == nullptr) {
      return std::unexpected(Rejected<Request, Callable>{engine().refusal(), std::move(request),
                                                         std::forward<Continuation>(continuation)});
    }
    detail::Operation<Request, Callable>::place(*slot, std::move(request),
                                                Callable(std::forward<Continuation>(continuation)));
    engine().stage(*slot);
    return {};
  }

  /// Hands the staged requests to the kernel, in order; runs no continuation. A request that the
  /// kernel refuses completes with its errno at the next poll(), wait(), run() or close().
  ///
  /// Returns how many remain staged because the kernel has no room; they go out as room is made.
  /// Source: io_submit(2).
  std::size_t flush() noexcept { return engine().flush(); }

  /// Submits what is staged and completes what is ready, without waiting. Returns how many
  /// continuations ran; no system call when nothing is staged or in the kernel.
  ///
  /// Errors: EINVAL (the context belongs to another process), EPERM (seccomp). Since Linux 2.6.
  /// Source: io_getevents(2).
  [[nodiscard]] Result<std::size_t> poll() noexcept { return engine().wait(0, {}); }

  /// Submits what is staged and waits until `at_least` continuations have run, or nothing is in
  /// flight any more. Returns how many ran. Resumes after signals.
  ///
  /// Errors: EDEADLK (nothing in flight: there is nothing to wait for), EINVAL (the context belongs
  /// to another process), EPERM (seccomp). Since Linux 2.6. Source: io_getevents(2).
  [[nodiscard]] Result<std::size_t> wait(std::size_t at_least = 1) noexcept {
    return engine().wait(at_least, {});
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

  /// Completes all that is in flight and destroys the kernel's context. Afterwards submit()
  /// refuses. Does not return while continuations go on submitting: then give it a deadline.
  ///
  /// Errors: EINVAL (the context belongs to another process), EPERM (seccomp). Since Linux 2.6.
  /// Source: io_destroy(2).
  [[nodiscard]] Result<void> close() noexcept { return engine().close({}); }

  /// As close(), until `deadline` at most.
  ///
  /// Errors: ETIMEDOUT: the context is still open and owns what is in flight.
  [[nodiscard]] Result<void> close(Clock::time_point deadline) noexcept {
    return engine().close(deadline);
  }

  /// As close(), for `timeout` at most; a negative one is zero.
  template <class Rep, class Period>
  [[nodiscard]] Result<void> close(std::chrono::duration<Rep, Period> timeout) noexcept {
    return engine().close(after(timeout));
  }

  /// Requests that were accepted and are not yet complete: staged, in the kernel, or refused.
  [[nodiscard]] std::size_t in_flight() const noexcept { return engine().in_flight(); }

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

  template <class Given>
  static consteval void check_request() {
    static_assert(!std::is_lvalue_reference_v<Given>,
                  "a request is given up when it is run or submitted: pass std::move(request)");
    static_assert(detail::Request<std::remove_cvref_t<Given>>,
                  "this is no complete request: a read needs .into(buffer), a write .from(buffer)");
  }

  template <class Request, class Completion>
  static void start(detail::Engine& engine, Request&& request,
                    std::optional<Completion>& completion, std::size_t& left) noexcept {
    detail::Slot* const slot = engine.await_slot();
    if (slot == nullptr) {
      completion.emplace(std::move(request).complete(std::unexpected(engine.refusal())));
      --left;
      return;
    }
    auto continuation = [&completion, &left](Completion&& done) noexcept {
      completion.emplace(std::move(done));
      --left;
    };
    detail::Operation<Request, decltype(continuation)>::place(*slot, std::move(request),
                                                              std::move(continuation));
    engine.stage(*slot);
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
