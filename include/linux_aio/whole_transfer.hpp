// read_exactly, write_all, read_to_end: transfers that go on until they are whole.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <linux_aio/aligned_buffer.hpp>
#include <linux_aio/buffer.hpp>
#include <linux_aio/config.hpp>
#include <linux_aio/context.hpp>
#include <linux_aio/detail/parts.hpp>
#include <linux_aio/detail/transfer.hpp>
#include <linux_aio/error.hpp>
#include <linux_aio/poll_events.hpp>
#include <linux_aio/read.hpp>
#include <linux_aio/vectored.hpp>
#include <linux_aio/write.hpp>
#include <optional>
#include <ranges>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

namespace linux_aio {

/// Why a transfer is not whole, and how far it came: its first `transferred` bytes are done.
struct PartialTransfer {
  Error error;                ///< of the request that failed
  std::uint64_t transferred;  ///< in bytes
};

namespace detail {

/// One request of a whole transfer, for what is left of its buffers from `position` on.
struct Attempt {
  void* self;
  Result<std::size_t> (*run)(void* self, std::uint64_t position, std::uint64_t offset) noexcept;
};

/// Repeats `attempt` until `total` bytes are transferred. One that transfers nothing is the error
/// `stuck`.
[[nodiscard]] std::expected<void, PartialTransfer> transfer_whole(Context& context,
                                                                  const TransferOptions& options,
                                                                  PollEvent ready,
                                                                  std::uint64_t total, int stuck,
                                                                  Attempt attempt) noexcept;

/// What a whole transfer borrows of `given`: the bytes of a buffer, or a view of a range.
template <class Given>
[[nodiscard]] auto lend(Given& given) noexcept {
  if constexpr (requires { bytes_of(given); }) {
    return bytes_of(given);
  } else if constexpr (requires { std::views::all(given); }) {
    return std::views::all(given);
  } else {
    return std::ignore;
  }
}

/// Whether the bytes that a T refers to stay when it is gone.
template <class T>
inline constexpr bool only_borrows = only_refers<T> || std::ranges::view<T>;
template <BufferRange T>
inline constexpr bool only_borrows<T> =
    std::ranges::view<T> || only_refers<std::ranges::range_value_t<T&>>;

/// transfer_whole() of a buffer, by requests of the type `Single`, or of a range of them, by
/// `Vectored`.
template <template <class> class Single, template <class> class Vectored, class T>
[[nodiscard]] std::expected<void, PartialTransfer> transfer_whole(Context& context,
                                                                  const TransferOptions& options,
                                                                  PollEvent ready, T& buffers,
                                                                  int stuck) noexcept {
  std::uint64_t total = 0;
  if constexpr (Buffer<T>) {
    total = bytes_of(buffers).size();
  } else {
    for (auto&& each : buffers) total += bytes_of(each).size();
  }
  auto run = [&](std::uint64_t position, std::uint64_t offset) noexcept {
    TransferOptions here = options;
    here.offset = offset;
    const auto place = static_cast<std::size_t>(position);
    if constexpr (Buffer<T>) {
      auto rest = bytes_of(buffers).subspan(place);
      auto [done] = context.run(Single<decltype(rest)>(here, std::move(rest)));
      return done.result;
    } else {
      auto rest = Parts<T>::rest(buffers, place);
      auto [done] = context.run(Vectored<Parts<T>>(here, std::move(rest)));
      return done.result;
    }
  };
  return transfer_whole(
      context, options, ready, total, stuck,
      {.self = &run, .run = [](void* self, std::uint64_t position, std::uint64_t offset) noexcept {
         return (*static_cast<decltype(run)*>(self))(position, offset);
       }});
}

}  // namespace detail

/// Reads until `buffer`, or a range of buffers of any length, is full. Where the kernel reads less
/// than was asked for it goes on, on an O_DIRECT file from the aligned offset before; an empty pipe
/// or socket is waited for.
///
///     auto whole = aio::read_exactly(context, aio::read(file).at(4096), header);
///
/// Ownership: the buffers are borrowed for the duration of the call, in which other requests'
/// continuations may run. After a failure the first `transferred` bytes are read.
/// Errors: ENODATA (the file ended before), else those of read(). Since Linux 2.6. Source:
/// pread(2).
template <class Target>
[[nodiscard]] std::expected<void, PartialTransfer> read_exactly(Context& context,
                                                                const ReadWithoutBuffer& read,
                                                                Target&& buffer) noexcept {
  static_assert(
      std::is_lvalue_reference_v<Target> || detail::only_borrows<std::remove_cvref_t<Target>>,
      "read_exactly() borrows its buffer, and what is read into a temporary is lost: "
      "pass a buffer that has a name");
  auto lent = detail::lend(buffer);
  constexpr bool suits = MutableBuffer<decltype(lent)> || MutableBufferRange<decltype(lent)>;
  static_assert(suits,
                "read_exactly() reads into a buffer or a range of buffers, whose bytes are not "
                "const; of a std::string pass a std::span");
  if constexpr (suits) {
    return detail::transfer_whole<Read, VectoredRead>(context, read.options(), PollEvent::in, lent,
                                                      ENODATA);
  }
}

/// Writes all of `buffer`, or of a range of buffers of any length; goes on as read_exactly() does.
///
///     auto whole = aio::write_all(
///         context, aio::write(log).at(end).flags(aio::WriteFlag::dsync), record);
///
/// Ownership: the buffers are borrowed for the duration of the call, in which other requests'
/// continuations may run; they may be const. After a failure the first `transferred` bytes are
/// written. An append (WriteFlag::append, O_APPEND) goes on where the file ends then, with the next
/// byte: where O_DIRECT cannot, it is EINVAL, for no byte is appended twice.
/// Errors: EIO (the kernel wrote nothing and says nothing), else those of write(). Since Linux 2.6.
/// Source: pwrite(2).
template <class Source>
[[nodiscard]] std::expected<void, PartialTransfer> write_all(Context& context,
                                                             const WriteWithoutBuffer& write,
                                                             Source&& buffer) noexcept {
  auto lent = detail::lend(buffer);
  constexpr bool suits = Buffer<decltype(lent)> || BufferRange<decltype(lent)>;
  static_assert(suits,
                "write_all() writes a buffer or a range of buffers, const or not; of a "
                "std::string pass a std::span, and of a PooledBuffer that is const its bytes()");
  if constexpr (suits) {
    return detail::transfer_whole<Write, VectoredWrite>(context, write.options(), PollEvent::out,
                                                        lent, EIO);
  }
}

/// What read_to_end() has read.
struct [[nodiscard]] Contents {
  AlignedBuffer buffer;  ///< of which the first `size` bytes are the file's
  std::size_t size;      ///< how many bytes were read

  /// What was read.
  [[nodiscard]] std::span<std::byte> bytes() & noexcept LINUX_AIO_LIFETIMEBOUND {
    return buffer.bytes().first(size);
  }
  /// The same, of const Contents.
  [[nodiscard]] std::span<const std::byte> bytes() const& noexcept LINUX_AIO_LIFETIMEBOUND {
    return buffer.bytes().first(size);
  }
  void bytes() const&& = delete;
};

/// Why the end was not reached, and what was read before.
struct PartialContents {
  Error error;                       ///< of the request that failed
  std::optional<Contents> contents;  ///< what was read before; none without memory
};

/// Reads from where `read` begins to the end of the file, into memory that O_DIRECT accepts on
/// this file: as much as it has, and more if it grows meanwhile. Also a file that does not tell its
/// size, as in /proc, and a pipe.
///
/// Ownership: the caller owns what was read, after a failure too.
/// Errors: ENOMEM, else those of read(). Since Linux 2.6. Source: pread(2).
[[nodiscard]] std::expected<Contents, PartialContents> read_to_end(
    Context& context, const ReadWithoutBuffer& read) noexcept;

}  // namespace linux_aio
