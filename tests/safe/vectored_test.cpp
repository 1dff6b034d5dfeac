// Reads and writes of ranges of buffers.
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <initializer_list>
#include <linux_aio/linux_aio.hpp>
#include <list>
#include <memory>
#include <memory_resource>
#include <optional>
#include <ranges>
#include <span>
#include <vector>

#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/task.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

using Buffers = std::vector<Bytes>;
using AlignedBuffers = std::vector<aio::AlignedBuffer>;

// As a library's small_vector: its first elements are inside, and move with it.
struct SmallVector {
  std::array<Bytes, 3> inside;
  std::size_t count;
  [[nodiscard]] Bytes* begin() { return inside.data(); }
  [[nodiscard]] Bytes* end() { return inside.data() + count; }
};

}  // namespace

template <>
inline constexpr bool linux_aio::owns_buffers<SmallVector> = true;

namespace {

static_assert(aio::owns_buffers<std::array<Bytes, 2>>);
static_assert(!aio::owns_buffers<std::pmr::vector<Bytes>>);
static_assert(!aio::owns_buffers<std::span<Bytes>>);
static_assert(!aio::owns_buffers<std::list<Bytes>>);

static_assert(aio::MutableBufferRange<Buffers>);
static_assert(aio::BufferRange<std::span<const Bytes>>);
static_assert(!aio::MutableBufferRange<std::span<const Bytes>>);
static_assert(aio::MutableBufferRange<std::span<const std::span<std::byte>>>);
static_assert(aio::MutableBufferRange<std::array<aio::AlignedBuffer, 2>>);
static_assert(aio::MutableBufferRange<std::span<aio::AlignedBuffer>>);
static_assert(aio::MutableBufferRange<std::span<std::span<std::byte>>>);
static_assert(aio::BufferRange<std::vector<aio::SharedBytes>>);
static_assert(!aio::MutableBufferRange<std::vector<aio::SharedBytes>>);
static_assert(!aio::BufferRange<Bytes>);
static_assert(!aio::BufferRange<std::vector<int>>);
using Parts = decltype(std::declval<aio::VectoredCompletion<Buffers>&>().parts());
static_assert(std::ranges::forward_range<Parts>);
static_assert(std::ranges::view<Parts>);

// Buffers of these sizes.
Buffers buffers_of(std::initializer_list<std::size_t> sizes) {
  Buffers buffers;
  for (const std::size_t size : sizes) buffers.emplace_back(size);
  return buffers;
}

// What parts() has, buffer by buffer.
template <class Completion>
std::vector<std::size_t> sizes_of_parts(Completion& done) {
  std::vector<std::size_t> sizes;
  for (const auto part : done.parts()) sizes.push_back(part.size());
  return sizes;
}

template <class Completion>
Bytes joined_parts(Completion& done) {
  Bytes all;
  for (const auto part : done.parts()) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

TEST_CASE("a read fills a range of buffers in turn, and a write takes them in turn") {
  const Bytes content = pattern(1000);
  const TemporaryFile source(content);
  const TemporaryFile target;
  aio::Context context = make_context();
  auto [read] = context.run(aio::read(borrowed(source)).into(buffers_of({10, 0, 300, 1})).at(7));
  REQUIRE(must(read.result) == 311);
  REQUIRE(sizes_of_parts(read) == std::vector<std::size_t>{10, 0, 300, 1});
  REQUIRE(joined_parts(read) == part_of(content, 7, 311));

  auto [written] = context.run(aio::write(borrowed(target))
                                   .from(std::move(read.buffers))
                                   .at(5)
                                   .flags(aio::WriteFlag::dsync));
  REQUIRE(must(written.result) == 311);
  REQUIRE(written.buffers.size() == 4);
  REQUIRE(part_of(target.content(), 5, 311) == part_of(content, 7, 311));
}

TEST_CASE("a range of buffers comes back with the same memory, from submit and from run") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  const auto places_of = [](auto& buffers) {
    std::vector<const std::byte*> places;
    for (auto& buffer : buffers) places.push_back(buffer.bytes().data());
    return places;
  };
  std::array<aio::AlignedBuffer, 2> pair{make_buffer(10), make_buffer(20)};
  const auto places = places_of(pair);
  std::optional<std::array<aio::AlignedBuffer, 2>> back;
  submit(context, aio::read(borrowed(file)).into(std::move(pair)), [&](auto done) {
    REQUIRE(done.result == 30U);
    REQUIRE(places_of(done.buffers) == places);
    back = std::move(done.buffers);
  });
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(back.has_value());
  REQUIRE(copy_of(back->at(1).bytes()) == part_of(pattern(100), 10, 20));
}

TEST_CASE("a user's own container of buffers is submitted once it is said to own them") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  SmallVector buffers{{Bytes(1), Bytes(2), Bytes(3)}, 2};
  const std::byte* const place = buffers.inside[1].data();
  submit(context, aio::read(borrowed(file)).into(std::move(buffers)), [place](auto done) {
    REQUIRE(done.result == 3U);
    REQUIRE(joined_parts(done) == pattern(3));
    REQUIRE(done.buffers.inside[1].data() == place);
  });
  REQUIRE(must(context.wait()) == 1);
}

TEST_CASE("run borrows the buffers of any container, and of a view of them") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  struct Record {
    int number;
    Bytes body;
  };
  std::array<Record, 2> records{{{1, Bytes(10)}, {2, Bytes(20)}}};
  std::list<Bytes> list{Bytes(1), Bytes(2)};
  auto [viewed, listed] =
      context.run(aio::read(borrowed(file)).into(records | std::views::transform(&Record::body)),
                  aio::read(borrowed(file)).into(std::move(list)));
  REQUIRE(must(viewed.result) == 30);
  REQUIRE(records[1].body == part_of(pattern(100), 10, 20));
  REQUIRE(must(listed.result) == 3);
  REQUIRE(joined_parts(listed) == pattern(3));
}

TEST_CASE("a view may make spans, which borrow, as it goes") {
  const Bytes content = pattern(100);
  const TemporaryFile file;
  aio::Context context = make_context();
  const std::array places{std::size_t{60}, std::size_t{20}};
  auto [written] = context.run(
      aio::write(borrowed(file)).from(places | std::views::transform([&](std::size_t place) {
                                        return std::span(content).subspan(place, 10);
                                      })));
  REQUIRE(must(written.result) == 20);
  REQUIRE(part_of(file.content(), 0, 10) == part_of(content, 60, 10));
  REQUIRE(part_of(file.content(), 10, 10) == part_of(content, 20, 10));
}

TEST_CASE("const buffers are written from a range that lends them") {
  const TemporaryFile file;
  aio::Context context = make_context();
  const Buffers buffers{pattern(10), pattern(20)};
  const std::array<aio::AlignedBuffer, 1> aligned{make_buffer(pattern(30))};
  auto [first, second] = context.run(aio::write(borrowed(file)).from(std::span(buffers)),
                                     aio::write(borrowed(file)).from(std::span(aligned)).at(30));
  REQUIRE(must(first.result) == 30);
  REQUIRE(must(second.result) == 30);
  REQUIRE(part_of(file.content(), 10, 20) == pattern(20));
  REQUIRE(part_of(file.content(), 30, 30) == pattern(30));
}

TEST_CASE("run borrows a span of buffers, and a range of spans") {
  const Bytes content = pattern(100);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  AlignedBuffers owned;
  for (int count = 0; count < 3; ++count) owned.push_back(make_buffer(10));
  std::array<std::byte, 30> memory{};
  const std::array spans{std::span(memory).first(20), std::span(memory).last(10)};
  auto [lent, pointed] = context.run(aio::read(borrowed(file)).into(std::span(owned)).at(10),
                                     aio::read(borrowed(file)).into(std::array(spans)).at(50));
  REQUIRE(must(lent.result) == 30);
  REQUIRE(lent.buffers.data() == owned.data());
  REQUIRE(copy_of(owned[2].bytes()) == part_of(content, 30, 10));
  REQUIRE(must(pointed.result) == 30);
  REQUIRE(copy_of(memory) == part_of(content, 50, 30));

  // A write reads only, so const will do.
  const TemporaryFile target;
  const std::array<std::span<const std::byte>, 2> constant{spans[1], spans[0]};
  auto [written] = context.run(aio::write(borrowed(target)).from(std::array(constant)));
  REQUIRE(must(written.result) == 30);
  Bytes expected = part_of(content, 70, 10);
  const Bytes second = part_of(content, 50, 20);
  expected.insert(expected.end(), second.begin(), second.end());
  REQUIRE(target.content() == expected);
}

TEST_CASE("shared bytes and pooled buffers make ranges, too") {
  const TemporaryFile file;
  aio::Context context = make_context();
  auto bytes = std::make_shared<const Bytes>(pattern(50));
  const aio::SharedBytes page = aio::shared(bytes);
  int done = 0;
  submit(context, aio::write(borrowed(file)).from(std::vector{page, page}),
         [&](const auto& written) { done += written.result == 100U ? 1 : 0; });
  REQUIRE(bytes.use_count() == 4);  // ours, `page`, and two in flight
  REQUIRE(must(context.wait()) == 1);
  REQUIRE(done == 1);
  REQUIRE(bytes.use_count() == 2);

  aio::BufferPool pool = must(aio::BufferPool::create({.count = 2, .size = 50}));
  std::vector<aio::PooledBuffer> pages;
  pages.push_back(must(pool.acquire()));
  pages.push_back(must(pool.acquire()));
  auto [read] = context.run(aio::read(borrowed(file)).into(std::move(pages)));
  REQUIRE(must(read.result) == 100);
  REQUIRE(pool.available() == 0);
  REQUIRE(copy_of(read.buffers[1].bytes()) == *bytes);
  read.buffers.clear();
  REQUIRE(pool.available() == 2);
}

TEST_CASE("a transfer that is short counts buffer by buffer what it reached") {
  const Bytes content = pattern(25);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  const auto read = [&](std::size_t from) {
    auto [done] = context.run(aio::read(borrowed(file)).into(buffers_of({10, 0, 10, 10})).at(from));
    const std::size_t count = must(done.result);
    REQUIRE(count == content.size() - from);
    REQUIRE(joined_parts(done) == part_of(content, from, count));
    REQUIRE(done.buffers.size() == 4);
    return sizes_of_parts(done);
  };
  REQUIRE(read(0) == std::vector<std::size_t>{10, 0, 10, 5});
  REQUIRE(read(5) == std::vector<std::size_t>{10, 0, 10});
  REQUIRE(read(15) == std::vector<std::size_t>{10});
  REQUIRE(read(16) == std::vector<std::size_t>{9});
  REQUIRE(read(25).empty());

  auto [failed] = context.run(aio::read(aio::BorrowedFd(-1)).into(buffers_of({10})));
  REQUIRE(code_of(failed.result) == EBADF);
  REQUIRE(failed.parts().begin() == failed.parts().end());
  REQUIRE(failed.buffers.size() == 1);
}

TEST_CASE("no buffer at all, and buffers without bytes, transfer nothing") {
  const TemporaryFile file(pattern(100));
  aio::Context context = make_context();
  auto [none, empty, written] = context.run(aio::read(borrowed(file)).into(Buffers()),
                                            aio::read(borrowed(file)).into(Buffers(3)),
                                            aio::write(borrowed(file)).from(Buffers()));
  REQUIRE(must(none.result) == 0);
  REQUIRE(must(empty.result) == 0);
  REQUIRE(must(written.result) == 0);
  REQUIRE(file.content() == pattern(100));
}

TEST_CASE("1024 buffers go out in one request, and 1025 come back refused") {
  const Bytes content = pattern(2000);
  const TemporaryFile file(content);
  aio::Context context = make_context();
  auto [one, most, too_many] = context.run(aio::read(borrowed(file)).into(Buffers(1, Bytes(1))),
                                           aio::read(borrowed(file)).into(Buffers(1024, Bytes(1))),
                                           aio::read(borrowed(file)).into(Buffers(1025, Bytes(1))));
  REQUIRE(must(one.result) == 1);
  REQUIRE(must(most.result) == 1024);
  REQUIRE(joined_parts(most) == part_of(content, 0, 1024));
  REQUIRE(too_many.result == std::unexpected(aio::Error(aio::Call::io_submit, EINVAL)));
  REQUIRE(too_many.result.error().message() ==
          "read into 1025 buffers at offset 0 was refused by io_submit: EINVAL (Invalid argument): "
          "1025 buffers are more than the 1024 of one request");
  REQUIRE(too_many.buffers.size() == 1025);

  submit(context, aio::write(borrowed(file)).from(Buffers(5000, Bytes(1))), [](const auto& done) {
    REQUIRE(code_of(done.result) == EINVAL);
    REQUIRE(done.buffers.size() == 5000);
  });
  REQUIRE(must(context.wait()) == 1);
}

TEST_CASE("more buffers than the context's table has go out batch by batch") {
  const Bytes content = pattern(1024);
  const TemporaryFile file(content);
  aio::Context context = make_context(64);
  std::size_t right = 0;
  for (int count = 0; count < 50; ++count) {
    submit(context, aio::read(borrowed(file)).into(Buffers(1024, Bytes(1))), [&](auto done) {
      if (done.result == 1024U && joined_parts(done) == content) ++right;
    });
  }
  must(context.close());
  REQUIRE(right == 50);
}

TEST_CASE("a range of buffers is transferred past the page cache, and a misaligned one refused") {
  const Bytes content = pattern(16384);
  const TemporaryFile file(content);
  const auto direct =
      aio::File::open(file.path().c_str(), aio::Access::read_write, {.direct = true});
  if (!direct) return skip("no O_DIRECT on " + file.path());
  aio::Context context = make_context();
  AlignedBuffers buffers;
  for (const std::size_t size : {4096U, 8192U}) buffers.push_back(make_buffer(size));
  auto [read] = context.run(aio::read(*direct).into(std::move(buffers)).at(4096));
  REQUIRE(must(read.result) == 12288);
  REQUIRE(joined_parts(read) == part_of(content, 4096, 12288));

  std::ranges::reverse(read.buffers);
  auto [written] = context.run(aio::write(*direct).from(std::move(read.buffers)).at(0));
  REQUIRE(must(written.result) == 12288);
  REQUIRE(part_of(file.content(), 0, 8192) == part_of(content, 8192, 8192));

  auto [misaligned] = context.run(aio::read(*direct).into(std::span(written.buffers)).at(1));
  REQUIRE(code_of(misaligned.result) == EINVAL);
}

TEST_CASE("a coroutine awaits a range of buffers") {
  const Bytes content = pattern(100);
  const TemporaryFile file(content);
  aio::Context context = make_context(1);
  Bytes read;
  const auto start = [&](std::uint64_t offset) -> Task {
    Buffers buffers = buffers_of({10, 20});
    auto done =
        co_await context.async(aio::read(borrowed(file)).into(std::move(buffers)).at(offset));
    const Bytes parts = joined_parts(done);
    read.insert(read.end(), parts.begin(), parts.end());
  };
  const std::array tasks{start(0), start(30), start(60)};
  while (context.in_flight() != 0) must(context.wait());
  for (const Task& task : tasks) REQUIRE(task.done());
  REQUIRE(read == part_of(content, 0, 90));
}

TEST_CASE("a refused request gives its range of buffers back") {
  const TemporaryFile file;
  aio::Context context = make_context(1);
  submit(context, aio::fsync(borrowed(file)), [](const auto&) {});
  auto refused =
      context.submit(aio::write(borrowed(file)).from(Buffers(3, Bytes(7))), [](const auto&) {});
  REQUIRE(!refused);
  REQUIRE(std::move(refused.error().request).release() == Buffers(3, Bytes(7)));
}
