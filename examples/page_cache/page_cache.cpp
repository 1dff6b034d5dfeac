#include "examples/page_cache/page_cache.hpp"

#include <algorithm>
#include <cerrno>

namespace page_cache {

namespace aio = linux_aio;

PageCache::PageCache(aio::Context& context, const aio::File& file, std::uint64_t file_size,
                     aio::BufferPool frames)
    : context_(context), file_(file), file_size_(file_size), frames_(std::move(frames)) {}

void PageCache::get(std::uint64_t number, Use use) {
  const auto found = pages_.find(number);
  if (found == pages_.end()) return get_absent(number, std::move(use));
  Page& page = found->second;
  if (!page.frame) {
    ++counts_.joined;
    page.waiters.push_back(std::move(use));
    return;
  }
  ++counts_.hits;
  if (page.users == 0) recent_.erase(page.recency);
  let_use(number, page, use);
  serve_those_without_a_frame();
}

void PageCache::get_absent(std::uint64_t number, Use use) {
  std::optional<aio::PooledBuffer> frame = take_frame();
  if (!frame) {  // all are being read into, or looked at
    without_a_frame_.emplace_back(number, std::move(use));
    return;
  }
  ++counts_.misses;
  read(number, std::move(*frame), std::move(use));
}

// A free frame, or that of the page that was not used for the longest time.
std::optional<aio::PooledBuffer> PageCache::take_frame() {
  if (auto free = frames_.acquire()) return std::move(*free);
  if (recent_.empty()) return std::nullopt;
  const auto victim = pages_.find(recent_.back());
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): those in recent_ have one
  aio::PooledBuffer frame = std::move(*victim->second.frame);
  recent_.pop_back();
  pages_.erase(victim);
  ++counts_.evictions;
  return frame;
}

void PageCache::read(std::uint64_t number, aio::PooledBuffer frame, Use use) {
  pages_[number].waiters.push_back(std::move(use));
  const std::uint64_t offset = number * frame.size();
  auto accepted = context_.submit(aio::read(file_).into(std::move(frame)).at(offset),
                                  [this, number](auto done) { on_read(number, std::move(done)); });
  if (accepted) return;
  auto& [error, request, continuation] = accepted.error();
  on_failure(number, error, std::move(request).release());
}

void PageCache::on_read(std::uint64_t number, aio::ReadCompletion<aio::PooledBuffer> done) {
  if (!done.result) return on_failure(number, done.result.error(), std::move(done.buffer));
  const std::uint64_t size = done.buffer.size();
  const std::uint64_t begin = std::min(number * size, file_size_);
  if (*done.result < std::min(size, file_size_ - begin)) {
    return on_failure(number, aio::Error(aio::Call::completion, EIO), std::move(done.buffer));
  }
  Page& page = pages_[number];
  page.length = *done.result;
  page.frame = std::move(done.buffer);
  ++page.users;  // so that it stays until all have seen it
  for (const Use& use : std::exchange(page.waiters, {})) let_use(number, page, use);
  --page.users;
  recent_.push_front(number);
  page.recency = recent_.begin();
  serve_those_without_a_frame();
}

void PageCache::on_failure(std::uint64_t number, aio::Error error, aio::PooledBuffer frame) {
  {
    const aio::PooledBuffer back_to_the_pool = std::move(frame);
  }
  const std::vector<Use> waiters = std::move(pages_[number].waiters);
  pages_.erase(number);  // so that the next lookup tries again
  for (const Use& use : waiters) use(std::unexpected(error));
  serve_those_without_a_frame();
}

void PageCache::let_use(std::uint64_t number, Page& page, const Use& use) {
  ++page.users;
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): its caller has seen to it
  use(std::span<const std::byte>(std::as_const(*page.frame).bytes().first(page.length)));
  if (--page.users != 0) return;
  recent_.push_front(number);
  page.recency = recent_.begin();
}

void PageCache::serve_those_without_a_frame() {
  if (std::exchange(serving_, true)) return;  // get() below comes here again, as deep as the queue
  while (!without_a_frame_.empty() && (frames_.available() != 0 || !recent_.empty())) {
    auto [number, use] = std::move(without_a_frame_.front());
    without_a_frame_.pop_front();
    get(number, std::move(use));
  }
  serving_ = false;
}

}  // namespace page_cache
