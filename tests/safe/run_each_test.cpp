// run_each(): a batch whose size is known at run time only.
#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/linux_aio.hpp>
#include <ranges>
#include <span>
#include <vector>

#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

using Lent = aio::Read<std::span<std::byte>>;

// One read for each byte of `memory`.
std::vector<Lent> reads_into(std::span<std::byte> memory, aio::BorrowedFd file) {
  std::vector<Lent> requests;
  requests.reserve(memory.size());
  for (std::size_t index = 0; index < memory.size(); ++index) {
    requests.push_back(aio::read(file).into(memory.subspan(index, 1)).at(index));
  }
  return requests;
}

}  // namespace

TEST_CASE("run_each runs more requests than there are slots, and tells each one's index") {
  const Bytes content = pattern(500);
  const TemporaryFile file(content);
  aio::Context context = make_context(3);
  Bytes memory(500);
  std::vector<int> calls(500);
  context.run_each(reads_into(memory, borrowed(file)),
                   [&](std::size_t index, const aio::ReadCompletion<std::span<std::byte>>& done) {
                     ++calls[index];
                     REQUIRE(done.result == 1U);
                     REQUIRE(done.buffer.data() == &memory[index]);
                   });
  REQUIRE(memory == content);
  REQUIRE(calls == std::vector<int>(500, 1));
  REQUIRE(context.in_flight() == 0);
}

TEST_CASE("run_each of an empty range does nothing") {
  aio::Context context = make_context();
  context.run_each(std::vector<Lent>(), [](auto...) { FAIL("nothing to complete"); });
  REQUIRE(context.statistics().io_submit_calls == 0);
}

TEST_CASE("run_each takes arrays and parts of ranges, and gives owning buffers back") {
  const Bytes content = pattern(100);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  std::array requests{aio::read(borrowed(file)).into(Bytes(10)).at(0),
                      aio::read(borrowed(file)).into(Bytes(20)).at(10),
                      aio::read(aio::BorrowedFd(-1)).into(Bytes(30))};
  std::vector<Bytes> back(3);
  std::vector<int> codes(3);
  context.run_each(requests, [&](std::size_t index, aio::ReadCompletion<Bytes> done) {
    codes[index] = done.result ? 0 : done.result.error().code();
    back[index] = std::move(done.buffer);
  });
  REQUIRE(codes == std::vector<int>{0, 0, EBADF});
  REQUIRE(back[0] == part_of(content, 0, 10));
  REQUIRE(back[1] == part_of(content, 10, 20));
  REQUIRE(back[2].size() == 30);

  std::vector syncs(5, aio::fsync(borrowed(file)));
  int synced = 0;
  context.run_each(std::span(syncs).subspan(3),
                   [&](std::size_t, const auto& done) { synced += done.result ? 1 : 0; });
  REQUIRE(synced == 2);
}

TEST_CASE("run_each inside a continuation of run_each") {
  const Bytes content = pattern(20);
  const TemporaryFile file(content);
  for (const std::uint32_t capacity : {1U, 4U, 16U}) {
    aio::Context context = make_context(capacity);
    int inner = 0;
    Bytes memory(20);
    context.run_each(reads_into(memory, borrowed(file)), [&](std::size_t, const auto&) {
      Bytes own(5);
      context.run_each(reads_into(own, borrowed(file)),
                       [&](std::size_t, const auto& done) { inner += done.result == 1U ? 1 : 0; });
      REQUIRE(own == part_of(content, 0, 5));
    });
    REQUIRE(inner == 100);
    REQUIRE(memory == content);
  }
}

TEST_CASE("run_each on a closed context completes each request with ESHUTDOWN") {
  const TemporaryFile file(pattern(20));
  aio::Context context = make_context();
  must(context.close());
  Bytes memory(3);
  int calls = 0;
  context.run_each(reads_into(memory, borrowed(file)), [&](std::size_t, const auto& done) {
    ++calls;
    REQUIRE(code_of(done.result) == ESHUTDOWN);
  });
  REQUIRE(calls == 3);
}

TEST_CASE("a continuation may close the context in the middle of run_each") {
  const TemporaryFile file(pattern(20));
  aio::Context context = make_context(2);
  Bytes memory(10);
  int right = 0;
  int refused = 0;
  context.run_each(reads_into(memory, borrowed(file)), [&](std::size_t index, const auto& done) {
    if (index == 0) must(context.close());
    (done.result ? right : refused) += 1;
    if (!done.result) REQUIRE(code_of(done.result) == ESHUTDOWN);
  });
  REQUIRE(right >= 1);
  REQUIRE(right + refused == 10);
}

TEST_CASE("run answers EAGAIN where open commits have all slots, instead of waiting for ever") {
  const TemporaryFile file(pattern(20));
  aio::Context context = make_context(1);
  auto commit = context.begin_commit(aio::fsync(borrowed(file)), [](const auto&) {});
  REQUIRE(commit);
  auto [done] = context.run(aio::read(borrowed(file)).into(Bytes(1)));
  REQUIRE(done.result == std::unexpected(aio::Error(aio::Call::submit, EAGAIN)));
  std::move(*commit).seal();
  auto [later] = context.run(aio::read(borrowed(file)).into(Bytes(1)));
  REQUIRE(must(later.result) == 1);
}

TEST_CASE("run_each takes a range that makes its requests, with borrowed and with owned memory") {
  const Bytes content = pattern(500);
  const TemporaryFile file(content);
  aio::Context context = make_context(3);
  Bytes memory(500);
  std::vector<int> calls(500);
  const auto indices = std::views::iota(std::size_t{0}, std::size_t{500});
  context.run_each(
      indices | std::views::transform([&](std::size_t index) {
        return aio::read(borrowed(file)).into(std::span(memory).subspan(index, 1)).at(index);
      }),
      [&](std::size_t index, const auto& done) {
        ++calls[index];
        REQUIRE(done.result == 1U);
      });
  REQUIRE(memory == content);
  context.run_each(indices | std::views::transform([&](std::size_t index) {
                     const aio::BorrowedFd fd =
                         index % 2 == 0 ? borrowed(file) : aio::BorrowedFd(-1);
                     return aio::read(fd).into(Bytes(index + 1));
                   }),
                   [&](std::size_t index, const auto& done) {
                     ++calls[index];
                     REQUIRE(done.result.has_value() == (index % 2 == 0));
                     REQUIRE(done.buffer.size() == index + 1);
                   });
  REQUIRE(calls == std::vector<int>(500, 2));
  must(context.close());
  context.run_each(indices | std::views::take(3) | std::views::transform([&](std::size_t index) {
                     return aio::read(borrowed(file)).into(Bytes(index));
                   }),
                   [&](std::size_t index, const auto& done) {
                     ++calls[index];
                     REQUIRE(code_of(done.result) == ESHUTDOWN);
                     REQUIRE(done.buffer.size() == index);
                   });
  REQUIRE(calls[2] == 3);
}
