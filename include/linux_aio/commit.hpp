// Commit: an fsync or fdatasync that is sent after the writes it must cover.
#pragma once

#include <cerrno>
#include <cstddef>
#include <linux_aio/detail/engine.hpp>
#include <linux_aio/detail/submit.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/request_id.hpp>
#include <linux_aio/sync.hpp>
#include <linux_aio/write.hpp>
#include <type_traits>
#include <utility>

namespace linux_aio {

namespace detail {

template <class T>
inline constexpr bool is_write = false;
template <class B>
inline constexpr bool is_write<Write<B>> = true;
template <class R>
inline constexpr bool is_write<VectoredWrite<R>> = true;

/// Tells the commit when its write is complete, and why it is not whole, if it is not.
template <class Continuation>
struct CommitContinuation {
  Engine* engine;
  RequestId sync;
  std::size_t length;
  Continuation continuation;

  template <class Completion>
  void operator()(Completion&& done) && noexcept {
    int error = 0;
    if (!done.result) {
      error = done.result.error().code();
    } else if (*done.result != length) {
      error = EIO;  // of what a short write does not say
    }
    engine->let_go(sync, error);  // first, for the continuation may wait for the sync
    std::move(continuation)(std::forward<Completion>(done));
  }
};

}  // namespace detail

/// Writes, and the sync that makes them durable. The kernel orders nothing: an fdatasync may be
/// done before a write that was submitted with it. So the context holds this sync back until every
/// write that was submitted through the Commit is complete, and the Commit is sealed.
///
/// If one of the writes failed or was short, or the Commit is destroyed before it is sealed, the
/// sync is not sent and completes with ECANCELED: what was acknowledged as durable is. A Commit
/// whose context is destroyed can only be destroyed. Source: fsync(2), aio_fsync() in fs/aio.c.
class [[nodiscard]] Commit : private detail::OpenCommit {
 public:
  /// Takes over what `other` began; `other` can only be destroyed then.
  Commit(Commit&& other) noexcept : sync_(other.sync_) {
    if (other.engine == nullptr) return;
    detail::Engine& its_engine = *other.engine;
    its_engine.end(other);
    its_engine.open(*this);
  }
  Commit& operator=(Commit&&) = delete;
  Commit(const Commit&) = delete;
  Commit& operator=(const Commit&) = delete;

  /// Abandons it, unless it was sealed: the sync is not sent.
  ~Commit() {
    if (engine != nullptr) end(ECANCELED);
  }

  /// The name of the sync, for Context::cancel.
  [[nodiscard]] RequestId id() const noexcept { return sync_; }

  /// Stages a write that the sync is to cover; as Context::submit.
  ///
  /// Ownership: as Context::submit. Next to a write of an AlignedBuffer, 40 bytes are left for
  /// captures. Errors: EAGAIN, ESHUTDOWN, EINVAL as Context::submit; the commit goes on without the
  /// write then: submit it again, or do not seal. Since Linux 2.6.
  template <class Request, class Continuation>
  [[nodiscard]] std::expected<RequestId, Rejected<Request, std::decay_t<Continuation>>> submit(
      Request&& request, Continuation&& continuation) noexcept {
    using Callable = std::decay_t<Continuation>;
    detail::explain_submission<Request&&, Callable>();
    static_assert(detail::is_write<std::remove_cvref_t<Request>>,
                  "a Commit takes writes only: submit this request to the context");
    check();
    const detail::ThreadCheck::Use use(engine->thread_check);
    detail::CommitContinuation<Callable> part{engine, sync_, request.length(),
                                              std::forward<Continuation>(continuation)};
    detail::Slot* const slot = detail::place_owned(*engine, request, part);
    if (slot == nullptr) return detail::reject(*engine, request, part.continuation);
    engine->keep(sync_);
    engine->stage(*slot);
    return engine->id_of(*slot);
  }

  /// No more writes: the sync goes out when those there are are complete, at once if they are.
  void seal() && noexcept {
    check();
    end(0);
  }

 private:
  friend class Context;
  Commit(detail::Engine& of, RequestId sync) noexcept : sync_(sync) { of.open(*this); }

  void check() const noexcept {
    if (engine == nullptr) {
      detail::fatal("a Commit was used after it was moved from or sealed, or without its context");
    }
  }

  void end(int error) noexcept {
    detail::Engine& its_engine = *engine;
    its_engine.end(*this);
    its_engine.let_go(sync_, error);
  }

  RequestId sync_;
};

}  // namespace linux_aio
