// The safe layer in tests: no error is expected unless a test says so.
#pragma once

#include <catch2/catch_all.hpp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <linux_aio/linux_aio.hpp>
#include <span>
#include <utility>
#include <vector>

#include "tests/support/temporary_file.hpp"

namespace linux_aio::testing {

using Bytes = std::vector<std::byte>;

/// The value of `result`, which must have one.
template <class T>
T must(Result<T> result) {
  if (!result) FAIL(result.error().message());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// The errno of `result`, which must be a failure.
template <class T>
int code_of(const Result<T>& result) {
  REQUIRE(!result);
  return result.error().code();
}

inline Context make_context(std::uint32_t capacity = 16) {
  return must(Context::create({.capacity = capacity}));
}

/// A context that completes nothing but what io_getevents reports.
inline Context make_context_without_ring(std::uint32_t capacity = 16) {
  return must(Context::create({.capacity = capacity, .reap_in_user_space = false}));
}

inline AlignedBuffer make_buffer(std::size_t size) { return must(AlignedBuffer::allocate(size)); }

/// A buffer with `content` in it.
inline AlignedBuffer make_buffer(std::span<const std::byte> content) {
  AlignedBuffer buffer = make_buffer(content.size());
  std::memcpy(buffer.bytes().data(), content.data(), content.size());
  return buffer;
}

inline Bytes copy_of(std::span<const std::byte> bytes) { return {bytes.begin(), bytes.end()}; }

inline Bytes part_of(std::span<const std::byte> bytes, std::size_t position, std::size_t length) {
  return copy_of(bytes.subspan(position, length));
}

inline BorrowedFd borrowed(const TemporaryFile& file) { return BorrowedFd(file.fd()); }

/// Submits, and fails the test if the context refuses.
template <class Request, class Continuation>
void submit(Context& context, Request&& request, Continuation&& continuation) {
  const bool accepted{
      context.submit(std::forward<Request>(request), std::forward<Continuation>(continuation))};
  REQUIRE(accepted);
}

}  // namespace linux_aio::testing
