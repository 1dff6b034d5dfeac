#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <tuple>
#include <type_traits>

#include "tests/support/held.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

}  // namespace

TEST_CASE("run of nothing is an empty tuple") {
  aio::Context context = make_context();
  static_assert(std::is_same_v<decltype(context.run()), std::tuple<>>);
  static_cast<void>(context.run());
  REQUIRE(context.statistics().io_submit_calls == 0);
}

TEST_CASE("run reads into a span, and bytes() is the part that was read") {
  const Bytes content = pattern(1000);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  std::array<std::byte, 400> memory{};
  auto [done] = context.run(aio::read(borrowed(file)).into(std::span(memory)).at(100));
  REQUIRE(must(done.result) == 400);
  REQUIRE(done.bytes().data() == memory.data());
  REQUIRE(copy_of(done.bytes()) == part_of(content, 100, 400));
  REQUIRE(context.in_flight() == 0);
}

TEST_CASE("run gives each result its request's type, in order, and every buffer back") {
  const Bytes content = pattern(8192);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  std::array<std::byte, 64> header{};
  aio::AlignedBuffer buffer = make_buffer(4096);
  const std::byte* const place = buffer.bytes().data();
  auto [head, tail, written, synced] = context.run(
      aio::read(borrowed(file)).into(std::span(header)),
      aio::read(borrowed(file)).into(std::move(buffer)).at(4096),
      aio::write(borrowed(file)).from(pattern(10, 7)).at(8192), aio::fdatasync(borrowed(file)));
  static_assert(std::is_same_v<decltype(synced.result), aio::Result<void>>);
  REQUIRE(must(head.result) == 64);
  REQUIRE(copy_of(head.bytes()) == part_of(content, 0, 64));
  REQUIRE(must(tail.result) == 4096);
  REQUIRE(tail.buffer.bytes().data() == place);
  REQUIRE(copy_of(tail.bytes()) == part_of(content, 4096, 4096));
  REQUIRE(must(written.result) == 10);
  REQUIRE(written.buffer == pattern(10, 7));
  must(synced.result);
  REQUIRE(file.content().size() == 8202);
}

TEST_CASE("a read across the end of the file is short, and one beyond it is empty") {
  const Bytes content = pattern(100);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  auto [across, beyond] = context.run(aio::read(borrowed(file)).into(Bytes(50)).at(80),
                                      aio::read(borrowed(file)).into(Bytes(50)).at(100));
  REQUIRE(must(across.result) == 20);
  REQUIRE(across.buffer.size() == 50);
  REQUIRE(copy_of(across.bytes()) == part_of(content, 80, 20));
  REQUIRE(must(beyond.result) == 0);
  REQUIRE(beyond.bytes().empty());
}

TEST_CASE("a failed read has no bytes, and its buffer comes back as it was") {
  aio::Context context = make_context();
  auto [done] = context.run(aio::read(aio::BorrowedFd(-1)).into(pattern(50)));
  REQUIRE(done.result == std::unexpected(aio::Error(aio::Call::io_submit, EBADF)));
  REQUIRE(done.bytes().empty());
  REQUIRE(done.buffer == pattern(50));
}

TEST_CASE("run takes more requests than the context has room for") {
  const Bytes content = pattern(80);
  const TemporaryFile file(content);
  for (const std::uint32_t capacity : {1U, 2U, 3U, 8U}) {
    aio::Context context = make_context(capacity);
    const auto part = [&file](std::uint64_t index) {
      return aio::read(borrowed(file)).into(Bytes(10)).at(index * 10);
    };
    const auto completions =
        context.run(part(0), part(1), part(2), part(3), part(4), part(5), part(6), part(7));
    Bytes together;
    std::apply(
        [&together](const auto&... each) {
          (together.insert(together.end(), each.buffer.begin(), each.buffer.end()), ...);
        },
        completions);
    REQUIRE(together == content);
    REQUIRE(context.in_flight() == 0);
  }
}

TEST_CASE("a refused request between good ones fails alone") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  auto [first, bad, second, worse, third] = context.run(
      aio::read(borrowed(file)).into(Bytes(10)), aio::read(aio::BorrowedFd(-1)).into(Bytes(10)),
      aio::read(borrowed(file)).into(Bytes(10)).at(10), aio::fsync(aio::BorrowedFd(-1)),
      aio::read(borrowed(file)).into(Bytes(10)).at(20));
  REQUIRE(must(first.result) == 10);
  REQUIRE(code_of(bad.result) == EBADF);
  REQUIRE(must(second.result) == 10);
  REQUIRE(code_of(worse.result) == EBADF);
  REQUIRE(must(third.result) == 10);
  REQUIRE(second.buffer == part_of(pattern(100), 10, 10));
}

TEST_CASE("run leaves other requests in flight, but may complete them") {
  const TemporaryFile file(pattern(100));
  const Pipe pipe;
  aio::Context context = make_context();
  bool held = true;
  bool read = false;
  submit(context, Held(pipe), [&](const auto&) { held = false; });
  submit(context, aio::read(borrowed(file)).into(Bytes(10)), [&](const auto&) { read = true; });
  auto [done] = context.run(aio::fsync(borrowed(file)));
  must(done.result);
  REQUIRE(held);
  REQUIRE(context.in_flight() == (read ? 1 : 2));
  pipe.feed();
  must(context.close());
  REQUIRE(!held);
  REQUIRE(read);
}

TEST_CASE("run waits for room that another request takes") {
  const TemporaryFile file(pattern(100));
  const Pipe pipe;
  aio::Context context = make_context(1);
  bool held = true;
  submit(context, Held(pipe), [&](const auto&) { held = false; });
  pipe.feed();
  auto [done] = context.run(aio::read(borrowed(file)).into(Bytes(10)));
  REQUIRE(must(done.result) == 10);
  REQUIRE(!held);
}

TEST_CASE("two writes may borrow the same bytes") {
  const TemporaryFile file;
  const Bytes page = pattern(4096);
  aio::Context context = make_context();
  auto [first, second] = context.run(aio::write(borrowed(file)).from(std::span(page)),
                                     aio::write(borrowed(file)).from(std::span(page)).at(4096));
  REQUIRE(must(first.result) == 4096);
  REQUIRE(must(second.result) == 4096);
  Bytes twice = page;
  twice.insert(twice.end(), page.begin(), page.end());
  REQUIRE(file.content() == twice);
}

TEST_CASE("run on a closed context completes every request with ESHUTDOWN") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  must(context.close());
  auto [read, synced] =
      context.run(aio::read(borrowed(file)).into(pattern(10)), aio::fsync(borrowed(file)));
  REQUIRE(read.result == std::unexpected(aio::Error(aio::Call::submit, ESHUTDOWN)));
  REQUIRE(read.buffer == pattern(10));
  REQUIRE(code_of(synced.result) == ESHUTDOWN);
}

namespace {

// Submits itself again and again, for as long as the context takes it.
struct Renewal {
  aio::Context* context;
  aio::BorrowedFd file;
  int* rejections;
  void operator()(const auto& /*done*/) const {
    if (!context->submit(aio::read(file).into(Bytes(1)), *this)) ++*rejections;
  }
};

}  // namespace

TEST_CASE("run gets a slot even if continuations submit again whenever one is free") {
  const TemporaryFile file(pattern(100));
  for (const aio::BorrowedFd fd : {borrowed(file), aio::BorrowedFd(-1)}) {
    aio::Context context = make_context(4);
    int rejections = 0;
    for (int count = 0; count < 4; ++count) Renewal{&context, fd, &rejections}(0);
    auto [done] = context.run(aio::fsync(aio::BorrowedFd(-1)));
    REQUIRE(code_of(done.result) == EBADF);
    REQUIRE(rejections > 0);
  }
}
