// Once a context is made, no request allocates. Counted where every allocation passes: malloc.
#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <vector>

#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LINUX_AIO_TEST_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LINUX_AIO_TEST_SANITIZER 1
#endif
#endif
#if defined(__GLIBC__) && !defined(LINUX_AIO_TEST_SANITIZER) && !defined(LINUX_AIO_TEST_STATIC)
#define LINUX_AIO_TEST_COUNTS 1
#endif

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

std::size_t allocations = 0;  // NOLINT(*-non-const-global-variables): malloc has no other place

}  // namespace

#if defined(LINUX_AIO_TEST_COUNTS)
// NOLINTBEGIN(bugprone-reserved-identifier,readability-*): the names are the C library's
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) noexcept {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
  ++allocations;
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++allocations;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  ++allocations;
  *memory = __libc_memalign(alignment, size);
  return *memory != nullptr ? 0 : ENOMEM;
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-*)
#endif

namespace {

bool counts() {
#if defined(LINUX_AIO_TEST_COUNTS)
  return true;
#else
  skip("malloc cannot be counted here, under a sanitizer, without glibc or in a static program");
  return false;
#endif
}

}  // namespace

TEST_CASE("the count sees new, vectors, aligned buffers and contexts") {
  if (!counts()) return;
  const std::size_t before = allocations;
  const auto one = std::make_unique<int>(1);
  REQUIRE(allocations > before);
  const std::size_t between = allocations;
  const aio::AlignedBuffer buffer = make_buffer(10);
  REQUIRE(allocations == between + 1);
  const aio::Context context = make_context();
  REQUIRE(allocations > between + 1);
}

TEST_CASE("no submit, flush, poll, wait or close allocates, accepted or not") {
  if (!counts()) return;
  const TemporaryFile file(pattern(4096));
  aio::Context context = make_context(8);
  std::vector<aio::AlignedBuffer> free_buffers;
  free_buffers.reserve(9);
  for (int count = 0; count < 9; ++count) free_buffers.push_back(make_buffer(512));

  std::size_t completed = 0;
  std::size_t rejected = 0;
  const std::size_t before = allocations;
  for (std::size_t round = 0; round < 5000; ++round) {
    const int fd = round % 5 == 0 ? -1 : file.fd();
    aio::AlignedBuffer buffer = std::move(free_buffers.back());
    free_buffers.pop_back();
    auto accepted =
        context.submit(aio::read(aio::BorrowedFd(fd)).into(std::move(buffer)), [&](auto done) {
          ++completed;
          free_buffers.push_back(std::move(done.buffer));
        });
    if (accepted) continue;
    ++rejected;
    free_buffers.push_back(std::move(accepted.error().request).release());
    context.flush();
    if (!context.wait(3) || !context.poll()) break;
  }
  const bool closed{context.close()};
  const std::size_t after = allocations;
  REQUIRE(after == before);
  REQUIRE(closed);
  REQUIRE(rejected >= 500);
  REQUIRE(completed + rejected == 5000);
}

TEST_CASE("run does not allocate, and a failure's Error does not") {
  if (!counts()) return;
  const TemporaryFile file(pattern(4096));
  aio::Context context = make_context(2);
  std::array<std::byte, 64> memory{};
  std::size_t right = 0;
  const std::size_t before = allocations;
  for (int round = 0; round < 2000; ++round) {
    auto [read, bad, written, synced] = context.run(
        aio::read(borrowed(file)).into(std::span(memory)),
        aio::read(aio::BorrowedFd(-1)).into(std::span(memory)),
        aio::write(borrowed(file)).from(std::span(memory)), aio::fsync(aio::BorrowedFd(-1)));
    if (read.result && !bad.result && written.result && !synced.result) ++right;
  }
  const std::size_t after = allocations;
  REQUIRE(after == before);
  REQUIRE(right == 2000);
}

TEST_CASE("no buffer that is taken out of a pool or given back allocates") {
  if (!counts()) return;
  const std::size_t at_first = allocations;
  aio::BufferPool pool = must(aio::BufferPool::create({.count = 4, .size = 512}));
  REQUIRE(allocations > at_first);
  const TemporaryFile file(pattern(4096));
  aio::Context context = make_context(8);
  std::size_t completed = 0;
  std::size_t empty = 0;
  const std::size_t before = allocations;
  for (int round = 0; round < 5000; ++round) {
    auto buffer = pool.acquire();
    if (!buffer) {
      ++empty;
      if (!context.wait(2)) break;
      continue;
    }
    auto accepted = context.submit(aio::read(borrowed(file)).into(std::move(*buffer)),
                                   [&completed](const auto&) { ++completed; });
    if (!accepted) break;
  }
  const bool closed{context.close()};
  const std::size_t after = allocations;
  REQUIRE(after == before);
  REQUIRE(closed);
  REQUIRE(empty >= 500);
  REQUIRE(completed + empty == 5000);
}
