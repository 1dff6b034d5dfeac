#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <linux_aio/poll.hpp>
#include <linux_aio/raw/abi.hpp>
#include <linux_aio/whole_transfer.hpp>
#include <optional>

namespace linux_aio {
namespace {

// What O_DIRECT needs of address, offset and length; 1 where the file was opened without it.
std::uint64_t direct_alignment(BorrowedFd file) noexcept {
  if ((::fcntl(file.number(), F_GETFL) & O_DIRECT) == 0) return 1;
  const auto direct = file.direct_io();
  return direct ? std::max(direct->memory_alignment, direct->offset_alignment) : 1;
}

bool has_offsets(BorrowedFd file) noexcept {
  return ::lseek(file.number(), 0, SEEK_CUR) >= 0 || errno != ESPIPE;
}

// How a transfer goes on after one that was not whole.
struct Continuing {
  std::uint64_t alignment;  // of the position it goes on from
  bool seeks;               // not a pipe or socket

  Continuing(const detail::TransferOptions& options, PollEvent ready) noexcept
      : alignment(appends(options, ready) ? 1 : direct_alignment(options.file)),
        seeks(has_offsets(options.file)) {}

 private:
  // What is appended is there: going back to an aligned position would append it again.
  static bool appends(const detail::TransferOptions& options, PollEvent ready) noexcept {
    if (ready != PollEvent::out) return false;
    return (options.flags & static_cast<std::uint32_t>(raw::rwf_append)) != 0 ||
           (::fcntl(options.file.number(), F_GETFL) & O_APPEND) != 0;
  }
};

// Whether a transfer that was EAGAIN is worth another attempt: it is once the other side has acted.
bool becomes_ready(Context& context, BorrowedFd file, PollEvent event) noexcept {
  auto [polled] = context.run(poll(file, event));
  return polled.result.has_value();
}

}  // namespace

namespace detail {

std::expected<void, PartialTransfer> transfer_whole(Context& context,
                                                    const TransferOptions& options, PollEvent ready,
                                                    std::uint64_t total, int stuck,
                                                    Attempt attempt) noexcept {
  const bool waits = (options.flags & static_cast<std::uint32_t>(raw::rwf_nowait)) == 0;
  std::optional<Continuing> continuing;  // most transfers are whole at once
  std::uint64_t done = 0;
  std::uint64_t position = 0;
  std::uint64_t offset = options.offset;
  while (done < total) {
    const Result<std::size_t> result = attempt.run(attempt.self, position, offset);
    if (result && *result == total) return {};
    if (!continuing) continuing.emplace(options, ready);
    if (!result) {
      const bool busy = result.error().code() == EAGAIN && waits && !continuing->seeks;
      if (busy && becomes_ready(context, options.file, ready)) continue;
      return std::unexpected(PartialTransfer{result.error(), done});
    }
    const std::uint64_t reached = position + *result;
    if (reached <= done) {
      return std::unexpected(PartialTransfer{Error(Call::whole_transfer, stuck), done});
    }
    done = reached;
    position = done - done % continuing->alignment;
    if (continuing->seeks) offset = options.offset + position;
  }
  return {};
}

}  // namespace detail

std::expected<Contents, PartialContents> read_to_end(Context& context,
                                                     const ReadWithoutBuffer& read) noexcept {
  constexpr std::size_t least = std::size_t{64} * 1024;
  const detail::TransferOptions& options = read.options();
  const std::uint64_t file_size = options.file.size().value_or(0);
  const auto alignment = std::max<std::size_t>(
      AlignedBuffer::default_alignment, static_cast<std::size_t>(direct_alignment(options.file)));
  // A byte more than there should be, so that the end shows in the first read.
  std::size_t capacity = std::max(least, alignment);
  if (file_size > options.offset) {
    const auto left = static_cast<std::size_t>(file_size - options.offset);
    capacity = (left / alignment + 1) * alignment;
  }
  std::size_t size = 0;
  std::optional<AlignedBuffer> buffer;
  for (;;) {
    Result<AlignedBuffer> larger = AlignedBuffer::allocate(capacity, alignment);
    if (!larger) {
      PartialContents partial{larger.error(), std::nullopt};
      if (buffer) partial.contents.emplace(std::move(*buffer), size);
      return std::unexpected(std::move(partial));
    }
    if (buffer) std::memcpy(larger->bytes().data(), buffer->bytes().data(), size);
    buffer = std::move(*larger);
    detail::TransferOptions rest = options;
    if (size != 0 && has_offsets(options.file)) rest.offset += size;
    auto whole = read_exactly(context, ReadWithoutBuffer(rest), buffer->bytes().subspan(size));
    if (whole) {
      size = capacity;
      capacity *= 2;
      continue;
    }
    size += static_cast<std::size_t>(whole.error().transferred);
    Contents contents{std::move(*buffer), size};
    if (whole.error().error == Error(Call::whole_transfer, ENODATA)) return contents;
    return std::unexpected(PartialContents{whole.error().error, std::move(contents)});
  }
}

}  // namespace linux_aio
