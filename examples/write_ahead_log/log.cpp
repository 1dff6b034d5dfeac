#include "examples/write_ahead_log/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "examples/write_ahead_log/page.hpp"

namespace write_ahead_log {

namespace aio = linux_aio;

namespace {

constexpr std::size_t allocated_at_once = 1 << 20;

std::uint32_t random_number() {
  std::uint32_t number = 0;
  if (::getentropy(&number, sizeof number) != 0) number = 0;  // before Linux 3.17
  return number;
}

bool fits(std::span<const std::byte> page, const End& end) {
  const PageHeader header = header_of(page);
  return header.number == end.pages + 1 && header.previous == end.checksum &&
         header.checksum == support::checksum(page.subspan(sizeof header.checksum));
}

}  // namespace

aio::Result<End> recover(aio::Context& context, const aio::File& file,
                         const std::function<void(std::string_view record)>& visit) {
  auto chunk = aio::AlignedBuffer::allocate(64 * page_size);
  if (!chunk) return std::unexpected(chunk.error());
  End end;
  for (;;) {
    const std::uint64_t offset = std::uint64_t{end.pages} * page_size;
    auto [done] = context.run(aio::read(file).into(std::span(chunk->bytes())).at(offset));
    if (!done.result) return std::unexpected(done.result.error());
    std::span<const std::byte> rest = done.bytes();
    if (rest.empty()) return end;
    for (; !rest.empty(); rest = rest.subspan(page_size)) {
      if (rest.size() < page_size || !fits(rest.first(page_size), end)) {
        end.damaged = std::ranges::any_of(rest, [](std::byte byte) { return byte != std::byte{}; });
        return end;
      }
      for_each_record(rest.first(page_size), visit);
      end.checksum = header_of(rest).checksum;
      ++end.pages;
    }
  }
}

Log::Log(aio::Context& context, const aio::File& file, aio::BufferPool pages, End end)
    : context_(context),
      file_(file),
      pages_(std::move(pages)),
      end_(end),
      opening_(random_number()) {}

void Log::append(std::string record, Told told) {
  queue_.emplace_back(std::move(record), std::move(told));
  if (!committing_) begin_group();
}

void Log::begin_group() {
  committing_ = true;
  auto commit = context_.begin_commit(aio::fdatasync(file_), [this](aio::SyncCompletion done) {
    if (!done.result) fail(done.result.error());
    on_synced();
  });
  if (!commit) {
    fail(commit.error().error);
    return on_synced();
  }
  while (!queue_.empty() && pages_.available() != 0 && !failure_) write(*commit, next_page());
  ++counts_.syncs;
  std::move(*commit).seal();
}

// A page with as many records of the queue as it has room for.
aio::PooledBuffer Log::next_page() {
  aio::PooledBuffer page = std::move(*pages_.acquire());
  PageWriter writer(page.bytes());
  while (!queue_.empty() && writer.add(queue_.front().first)) {
    group_.push_back(std::move(queue_.front().second));
    queue_.pop_front();
    ++counts_.records;
  }
  ++end_.pages;
  ++counts_.pages;
  end_.checksum = writer.finish(end_.pages, opening_, end_.checksum);
  return page;
}

void Log::write(aio::Commit& commit, aio::PooledBuffer page) {
  const std::uint64_t offset = std::uint64_t{end_.pages - 1} * page_size;
  if (offset + page_size > allocated_) allocate(offset + page_size);
  const auto accepted =
      commit.submit(aio::write(file_).from(std::move(page)).at(offset), [this](auto done) {
        // The sync then says ECANCELED; this says why. A short write is followed by no sync either.
        if (!done.result) fail(done.result.error());
      });
  if (!accepted) fail(accepted.error().error);
}

// A write past the end of the file would be done inside io_submit. Where the file system cannot
// allocate, it is.
void Log::allocate(std::uint64_t size) {
  allocated_ = (size + allocated_at_once - 1) / allocated_at_once * allocated_at_once;
  static_cast<void>(::fallocate(file_.number(), 0, 0, static_cast<::off_t>(allocated_)));
}

// What is not known to be durable never will be: after a failed fdatasync the kernel may have
// dropped the pages.
void Log::fail(aio::Error error) {
  if (!failure_) failure_ = error;
}

void Log::on_synced() {
  aio::Result<void> durable;
  if (failure_) {
    durable = std::unexpected(*failure_);
    for (auto& [record, told] : queue_) group_.push_back(std::move(told));
    queue_.clear();
  }
  committing_ = false;
  for (const Told& told : std::exchange(group_, {})) told(durable);
  if (!committing_ && !queue_.empty()) begin_group();
}

}  // namespace write_ahead_log
