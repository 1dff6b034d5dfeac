// fsync(file), fdatasync(file): what was written becomes durable.
#pragma once

#include <cstddef>
#include <linux_aio/detail/notification.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/event_fd.hpp>
#include <linux_aio/file.hpp>
#include <linux_aio/raw/prep.hpp>

namespace linux_aio {

/// What became of an fsync or fdatasync.
struct [[nodiscard]] SyncCompletion {
  Result<void> result;  ///< why it failed, if it did
};

/// An fsync or fdatasync: a request, ready for Context::run, submit, async or commit.
class [[nodiscard]] Sync {
 public:
  /// What the request becomes.
  using Completion = SyncCompletion;
  /// @cond
  static constexpr bool owns_memory = true;
  enum class Kind : bool { data_and_metadata, data };

  Sync(BorrowedFd file, Kind kind) noexcept : file_(file), kind_(kind) {}
  /// @endcond

  /// Adds 1 to `event_fd` when the request is complete; see EventFd.
  [[nodiscard]] Sync notify(const EventFd& event_fd) && noexcept {
    notification_ = detail::Notification(event_fd);
    return *this;
  }
  void notify(EventFd&&) && = delete;

  /// @cond
  // What a context needs of every request.
  void lower(raw::iocb& request) noexcept {
    if (kind_ == Kind::data) {
      raw::prep_fdsync(request, file_.number());
    } else {
      raw::prep_fsync(request, file_.number());
    }
    notification_.apply_to(request);
  }
  struct InFlight {
    template <class Visit>
    void visit_exclusive_memory(Visit&& /*visit*/) noexcept {}
    [[nodiscard]] Completion complete(const Result<std::size_t>& outcome) && noexcept {
      if (!outcome) return {std::unexpected(outcome.error())};
      return {};
    }
  };
  [[nodiscard]] InFlight& in_flight() noexcept { return in_flight_; }
  /// @endcond

 private:
  BorrowedFd file_;
  Kind kind_;
  detail::Notification notification_;
  [[no_unique_address]] InFlight in_flight_;
};

/// Makes the data and metadata of `file` durable: of the writes that have COMPLETED. The kernel
/// does not order it after writes that are still in flight.
///
/// Ownership: the file is borrowed until the kernel has accepted the request. Errors, in the
/// completion: EBADF, EINVAL (a pipe, an eventfd, a kernel before 4.18), EIO, ENOSPC, EDQUOT.
/// Since Linux 4.18. Source: fsync(2), aio_fsync() in fs/aio.c.
inline Sync fsync(BorrowedFd file) noexcept { return {file, Sync::Kind::data_and_metadata}; }

/// As fsync(), but only the metadata that reading the data needs. Source: fdatasync(2).
inline Sync fdatasync(BorrowedFd file) noexcept { return {file, Sync::Kind::data}; }

}  // namespace linux_aio
