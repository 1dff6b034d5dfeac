// A write-ahead log with group commit: what is appended while a group of records is on its way to
// the disk is the next group. One fdatasync makes all records of a group durable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <linux_aio/linux_aio.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace write_ahead_log {

/// Where a log ends: what the next page has to fit to.
struct End {
  std::uint32_t pages = 0;
  std::uint32_t checksum = 0;  // of the last page
  bool damaged = false;        // what follows is neither empty nor a page that fits
};

/// Reads a log from its beginning: calls `visit` with each record, until a page is not as it was
/// written. After a crash that is where the records end that somebody was told are durable.
[[nodiscard]] linux_aio::Result<End> recover(
    linux_aio::Context& context, const linux_aio::File& file,
    const std::function<void(std::string_view record)>& visit);

/// The end of a log to which records are appended. It has to live until the context has nothing in
/// flight: continuations point to it.
class Log {
 public:
  /// Told that a record is durable, or why it may not be.
  using Told = std::function<void(linux_aio::Result<void> durable)>;

  struct Counts {
    std::uint64_t records = 0;
    std::uint64_t pages = 0;
    std::uint64_t syncs = 0;
  };

  /// Requests of the log that are in flight at most: the pages of a group, and their sync.
  static constexpr std::uint32_t most_requests = 33;

  /// `pages` are what a group is written from: of page_size, aligned for `file`.
  Log(linux_aio::Context& context, const linux_aio::File& file, linux_aio::BufferPool pages,
      End end);
  Log(const Log&) = delete;
  Log(Log&&) = delete;
  Log& operator=(const Log&) = delete;
  Log& operator=(Log&&) = delete;
  ~Log() = default;

  /// Appends a record, of longest_record bytes at most. The context has to be waited for.
  void append(std::string record, Told told);

  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  void begin_group();
  [[nodiscard]] linux_aio::PooledBuffer next_page();
  void write(linux_aio::Commit& commit, linux_aio::PooledBuffer page);
  void allocate(std::uint64_t size);
  void fail(linux_aio::Error error);
  void on_synced();

  linux_aio::Context& context_;
  const linux_aio::File& file_;
  linux_aio::BufferPool pages_;
  End end_;
  std::uint32_t opening_;                           // see PageHeader
  std::uint64_t allocated_ = 0;                     // bytes of the file
  std::deque<std::pair<std::string, Told>> queue_;  // of the next groups
  std::vector<Told> group_;                         // of which the commit is under way
  bool committing_ = false;
  std::optional<linux_aio::Error> failure_;  // the first; after it nothing is written any more
  Counts counts_;
};

}  // namespace write_ahead_log
