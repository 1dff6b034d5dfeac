// A page cache: pages of a file that are read when they are asked for, in a fixed number of frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <linux_aio/linux_aio.hpp>
#include <list>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace page_cache {

/// A cache in one thread, as its context is. It has to live until the context has nothing in
/// flight: the reads' continuations point to it.
class PageCache {
 public:
  /// Gets the bytes of a page, fewer at the end of the file, for the duration of the call; or why
  /// there are none. May ask for more pages.
  using Use = std::function<void(linux_aio::Result<std::span<const std::byte>> page)>;

  struct Counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;     // lookups that began a read
    std::uint64_t joined = 0;     // lookups that waited for a read that another one began
    std::uint64_t evictions = 0;  // pages that made room for others
  };

  /// A frame is a buffer of the pool; a page is as large.
  PageCache(linux_aio::Context& context, const linux_aio::File& file, std::uint64_t file_size,
            linux_aio::BufferPool frames);
  PageCache(const PageCache&) = delete;
  PageCache(PageCache&&) = delete;
  PageCache& operator=(const PageCache&) = delete;
  PageCache& operator=(PageCache&&) = delete;
  ~PageCache() = default;

  /// Calls `use` with the page: now if it is here, else when the context has read it.
  void get(std::uint64_t number, Use use);

  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  struct Page {
    std::optional<linux_aio::PooledBuffer> frame;  // none while the kernel reads into it
    std::size_t length = 0;
    std::vector<Use> waiters;                    // while it is read
    std::size_t users = 0;                       // that look at it now
    std::list<std::uint64_t>::iterator recency;  // in recent_, if it is here and has no users
  };

  void get_absent(std::uint64_t number, Use use);
  [[nodiscard]] std::optional<linux_aio::PooledBuffer> take_frame();
  void read(std::uint64_t number, linux_aio::PooledBuffer frame, Use use);
  void on_read(std::uint64_t number, linux_aio::ReadCompletion<linux_aio::PooledBuffer> done);
  void on_failure(std::uint64_t number, linux_aio::Error error, linux_aio::PooledBuffer frame);
  void let_use(std::uint64_t number, Page& page, const Use& use);
  void serve_those_without_a_frame();

  linux_aio::Context& context_;
  const linux_aio::File& file_;
  std::uint64_t file_size_;
  linux_aio::BufferPool frames_;
  std::unordered_map<std::uint64_t, Page> pages_;              // here, or being read
  std::list<std::uint64_t> recent_;                            // may be evicted; the latest first
  std::deque<std::pair<std::uint64_t, Use>> without_a_frame_;  // lookups that wait for one
  bool serving_ = false;
  Counts counts_;
};

}  // namespace page_cache
