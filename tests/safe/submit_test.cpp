#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <vector>

#include "tests/support/held.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

}  // namespace

TEST_CASE("a submitted request stays in the program until it is flushed") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  submit(context, aio::read(borrowed(file)).into(Bytes(10)), [](const auto&) {});
  REQUIRE(context.in_flight() == 1);
  REQUIRE(context.statistics().io_submit_calls == 0);
  REQUIRE(context.flush() == 0);
  REQUIRE(context.in_flight() == 1);
  REQUIRE(context.statistics().accepted == 1);
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(context.in_flight() == 0);
}

TEST_CASE("neither submit nor flush runs a continuation, even of a refused request") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  int done = 0;
  submit(context, aio::read(borrowed(file)).into(Bytes(10)), [&](const auto&) { ++done; });
  submit(context, aio::read(aio::BorrowedFd(-1)).into(Bytes(10)), [&](const auto&) { ++done; });
  REQUIRE(context.flush() == 0);
  REQUIRE(context.flush() == 0);
  REQUIRE(done == 0);
  REQUIRE(context.in_flight() == 2);
  REQUIRE(must(context.poll()) == 2);
  REQUIRE(done == 2);
}

TEST_CASE("the completion brings the request's own buffer, with what was read") {
  const Bytes content = pattern(4096);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  aio::AlignedBuffer buffer = make_buffer(4096);
  const std::byte* const place = buffer.bytes().data();
  std::vector<aio::ReadCompletion<aio::AlignedBuffer>> completions;
  submit(context, aio::read(borrowed(file)).into(std::move(buffer)),
         [&](auto done) { completions.push_back(std::move(done)); });
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(completions.size() == 1);
  REQUIRE(must(completions[0].result) == 4096);
  REQUIRE(completions[0].buffer.bytes().data() == place);
  REQUIRE(copy_of(completions[0].bytes()) == content);
}

TEST_CASE("a batch goes out with one system call, in order") {
  const TemporaryFile file;
  aio::Context context = must(aio::Context::create({.capacity = 100, .first_part = 0}));
  for (unsigned index = 0; index < 100; ++index) {
    submit(context,
           aio::write(borrowed(file)).from(pattern(100, index)).at(std::uint64_t{50} * index),
           [](const auto&) {});
  }
  REQUIRE(must(context.wait(100)) == 100);
  REQUIRE(context.statistics().io_submit_calls == 1);
  // Buffered writes are done in submission order, so each overwrites half of the one before.
  const Bytes content = file.content();
  for (unsigned index = 0; index < 100; ++index) {
    REQUIRE(part_of(content, std::size_t{50} * index, 50) == part_of(pattern(100, index), 0, 50));
  }
}

TEST_CASE("a full context hands request and continuation back, and takes them later") {
  const TemporaryFile file;
  aio::Context context = make_context(1);
  submit(context, aio::fsync(borrowed(file)), [](const auto&) {});

  int written = 0;
  auto refused = context.submit(aio::write(borrowed(file)).from(pattern(100)).at(7),
                                [&written, owned = std::make_unique<int>(1)](const auto& done) {
                                  written += done.result ? *owned : 0;
                                });
  REQUIRE(!refused);
  REQUIRE(refused.error().error == aio::Error(aio::Call::submit, EAGAIN));
  REQUIRE(refused.error().error.message().find("all 1 slots") != std::string::npos);
  REQUIRE(context.in_flight() == 1);

  REQUIRE(must(context.wait()) == 1);
  aio::Rejected rejected = std::move(refused.error());
  submit(context, std::move(rejected.request), std::move(rejected.continuation));
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(written == 1);
  const Bytes content = file.content();
  REQUIRE(content.size() == 107);
  REQUIRE(part_of(content, 7, 100) == pattern(100));
}

TEST_CASE("a buffer comes back out of a rejected request, bytes and place intact") {
  const TemporaryFile file;
  aio::Context context = make_context(1);
  submit(context, aio::fsync(borrowed(file)), [](const auto&) {});
  aio::AlignedBuffer buffer = make_buffer(pattern(4096));
  const std::byte* const place = buffer.bytes().data();
  auto accepted =
      context.submit(aio::write(borrowed(file)).from(std::move(buffer)), [](const auto&) {});
  REQUIRE(!accepted);
  buffer = std::move(accepted.error().request).release();
  REQUIRE(buffer.bytes().data() == place);
  REQUIRE(copy_of(buffer.bytes()) == pattern(4096));
}

TEST_CASE("each freed slot takes the next request") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context(4);
  int done = 0;
  for (int round = 0; round < 1000; ++round) {
    while (context.submit(aio::read(borrowed(file)).into(Bytes(10)),
                          [&](const auto& read) { done += read.result ? 1 : 0; })) {
    }
    REQUIRE(context.in_flight() == 4);
    REQUIRE(must(context.wait(4)) == 4);
  }
  REQUIRE(done == 4000);
}

TEST_CASE("a file closed before the flush is EBADF, one closed after it does no harm") {
  const TemporaryFile file(pattern(100));
  const auto open = [&] {
    return must(aio::File::open(file.path().c_str(), aio::Access::read_only));
  };
  for (const bool flushed : {false, true}) {
    aio::Context context = make_context();
    int code = -1;
    {
      const aio::File closed = open();
      submit(context, aio::read(closed).into(Bytes(10)),
             [&](const auto& done) { code = done.result ? 0 : done.result.error().code(); });
      if (flushed) context.flush();
    }
    REQUIRE(must(context.wait()) == 1);
    REQUIRE(code == (flushed ? 0 : EBADF));
  }
}

TEST_CASE("a continuation may be a function, and may own what cannot be copied") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  static int calls = 0;
  calls = 0;
  submit(context, aio::fsync(borrowed(file)), +[](aio::SyncCompletion) { ++calls; });
  submit(context, aio::fsync(borrowed(file)),
         [owned = std::make_unique<int>(41)](aio::SyncCompletion) { calls += *owned; });
  const auto named = [](const aio::SyncCompletion&) { ++calls; };
  submit(context, aio::fsync(borrowed(file)), named);
  submit(context, aio::fsync(borrowed(file)), named);
  must(context.wait(4));
  REQUIRE(calls == 44);
}

TEST_CASE("a continuation is destroyed once it has run") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  auto owned = std::make_shared<int>(0);
  submit(context, aio::fsync(borrowed(file)), [owned](const auto&) { ++*owned; });
  REQUIRE(owned.use_count() == 2);
  must(context.wait());
  REQUIRE(*owned == 1);
  REQUIRE(owned.use_count() == 1);
}
