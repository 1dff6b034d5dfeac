// Under AddressSanitizer the bytes of a request in flight are poisoned.
#include <sys/mman.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cstddef>
#include <linux_aio/linux_aio.hpp>
#include <source_location>
#include <string>

#include "tests/support/child.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

// The report must name the use that is wrong, and its line.
void require_report(const Ending& ending, unsigned line) {
  INFO(ending.output);
  REQUIRE(ending.status != 0);
  REQUIRE(ending.output.find("AddressSanitizer: use-after-poison") != std::string::npos);
  REQUIRE(ending.output.find("poison_test.cpp:" + std::to_string(line)) != std::string::npos);
}

constexpr unsigned this_line(std::source_location here = std::source_location::current()) {
  return here.line();
}

}  // namespace

TEST_CASE("a write through a span that was kept is reported with its line") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  aio::AlignedBuffer buffer = make_buffer(64);
  const std::span<std::byte> kept = buffer.bytes();
  submit(context, aio::read(borrowed(file)).into(std::move(buffer)), [](const auto&) {});
  require_report(in_child([&] { return kept[0] = std::byte{1}, 0; }), this_line());
  context.flush();
  require_report(in_child([&] { return kept[63] = std::byte{1}, 0; }), this_line());
}

TEST_CASE("a look at a vector in flight is reported, whether a read or a write has it") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  Bytes first(64);
  Bytes second(64);
  const std::byte* const in_read = first.data();
  const std::byte* const in_write = second.data();
  submit(context, aio::read(borrowed(file)).into(std::move(first)), [](const auto&) {});
  submit(context, aio::write(borrowed(file)).from(std::move(second)), [](const auto&) {});
  require_report(in_child([&] { return static_cast<int>(*in_read); }), this_line());
  require_report(in_child([&] { return static_cast<int>(*in_write); }), this_line());
}

TEST_CASE("a span that run() borrows is in flight for the continuations that run meanwhile") {
  const TemporaryFile file(pattern(100));
  alignas(8) std::byte memory[64];
  constexpr unsigned line = this_line() + 1;
  const auto overwrite = [&memory](const auto&) { memory[0] = std::byte{1}; };
  const Ending ending = in_child([&] {
    aio::Context context = std::move(*aio::Context::create());
    const bool accepted{context.submit(aio::fsync(aio::BorrowedFd(-1)), overwrite)};
    static_cast<void>(context.run(aio::read(borrowed(file)).into(std::span(memory))));
    return accepted ? 0 : 1;
  });
  require_report(ending, line);
}

TEST_CASE("only the slice is poisoned, and only until the request is complete") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  Bytes buffer(64);
  std::byte* const place = buffer.data();
  Bytes back;
  submit(context, aio::read(borrowed(file)).into(std::move(buffer)).slice(16, 32),
         [&](auto done) { back = std::move(done.buffer); });
  place[0] = place[15] = place[48] = place[63] = std::byte{1};
  REQUIRE(in_child([&] { return place[16] = std::byte{1}, 0; }).status != 0);
  REQUIRE(in_child([&] { return place[47] = std::byte{1}, 0; }).status != 0);
  must(context.wait());
  REQUIRE(back.data() == place);
  for (std::byte& byte : back) byte = std::byte{2};
}

TEST_CASE("a rejected request's buffer is not poisoned") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(1);
  submit(context, aio::fsync(borrowed(file)), [](const auto&) {});
  Bytes buffer(64);
  std::byte* const place = buffer.data();
  auto accepted =
      context.submit(aio::read(borrowed(file)).into(std::move(buffer)), [](const auto&) {});
  REQUIRE(!accepted);
  place[0] = std::byte{1};
}

TEST_CASE("neighbouring bytes in flight do not disturb each other") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  alignas(8) std::byte memory[24];
  for (std::size_t middle = 1; middle < sizeof memory; ++middle) {
    const std::span<std::byte> all(memory);
    static_cast<void>(context.run(aio::read(borrowed(file)).into(all.first(middle)),
                                  aio::read(borrowed(file)).into(all.subspan(middle)).at(middle)));
    REQUIRE(copy_of(all) == part_of(pattern(100), 0, sizeof memory));
  }
}

TEST_CASE("what a destroyed context discards can be used again by the allocator") {
  const TemporaryFile file(pattern(100));
  for (int count = 0; count < 10; ++count) {
    {
      aio::Context context = make_context();
      submit(context, aio::read(borrowed(file)).into(Bytes(64)), [](const auto&) {});
    }
    Bytes again(64, std::byte{1});
    REQUIRE(again[63] == std::byte{1});
  }
}

TEST_CASE("constant bytes may be read by others while they are written to a file") {
  const TemporaryFile file(pattern(100));
  static constexpr std::array<std::byte, 64> zeros{};
  aio::Context context = make_context();
  int sum = 1;
  submit(context, aio::fsync(aio::BorrowedFd(-1)),
         [&sum](auto) { sum = static_cast<int>(zeros[0]); });
  auto [done] = context.run(aio::write(borrowed(file)).from(std::span(zeros)));
  REQUIRE(must(done.result) == zeros.size());
  REQUIRE(sum == 0);
}

TEST_CASE(
    "a span kept of a pooled buffer is reported once the buffer is back, or before it is out") {
  aio::BufferPool pool = must(aio::BufferPool::create({.count = 2, .size = 100}));
  std::byte* kept = nullptr;
  {
    aio::PooledBuffer buffer = must(pool.acquire());
    kept = buffer.bytes().data();
    kept[99] = std::byte{1};
  }
  require_report(in_child([&] { return kept[99] = std::byte{1}, 0; }), this_line());
  aio::PooledBuffer buffer = must(pool.acquire());
  REQUIRE(buffer.bytes().data() == kept);
  kept[99] = std::byte{2};
  require_report(in_child([&] { return kept[100] = std::byte{1}, 0; }), this_line());
  std::byte* const neighbour = kept + 4096;
  require_report(in_child([&] { return static_cast<int>(*neighbour); }), this_line());
}

TEST_CASE("where a pool was mapped, others may map") {
  void* place = nullptr;
  {
    aio::BufferPool pool = must(aio::BufferPool::create({.count = 2, .size = 4096}));
    aio::PooledBuffer buffer = must(pool.acquire());
    place = buffer.bytes().data();
  }
  void* const mapped = ::mmap(place, 4096, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  REQUIRE(mapped == place);
  *static_cast<std::byte*>(mapped) = std::byte{1};
  REQUIRE(::munmap(mapped, 4096) == 0);
}
