// What the standard library owns, as buffers.
#include <array>
#include <catch2/catch_all.hpp>
#include <csignal>
#include <cstdint>
#include <functional>
#include <linux_aio/linux_aio.hpp>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/safe.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;

template <class T>
constexpr bool only_writes = aio::OwningBuffer<T> && !aio::MutableBuffer<T>;

// Counts the arrays that it deletes.
struct CountingDeleter {
  int* deleted;
  void operator()(const char* array) const noexcept {
    ++*deleted;
    delete[] array;
  }
};

aio::SharedBytes shared_copy(const Bytes& content) {
  return aio::shared(std::make_shared<const Bytes>(content));
}

void require_death(const std::function<void()>& use, const char* words) {
  const Ending ending = in_child([&use] { return use(), 0; });
  REQUIRE(ending.signal == SIGABRT);
  REQUIRE(ending.output == words);
}

std::size_t size_of(const aio::SharedBytes& bytes) { return bytes.bytes().size(); }

}  // namespace

static_assert(aio::MutableBuffer<aio::SizedArray<std::byte>>);
static_assert(aio::OwningBuffer<aio::SizedArray<std::uint64_t>>);
static_assert(aio::MutableBuffer<aio::SizedArray<char, CountingDeleter>>);
static_assert(only_writes<aio::SizedArray<const char>>);
static_assert(!std::is_copy_constructible_v<aio::SizedArray<std::byte>>);
static_assert(sizeof(aio::SizedArray<std::byte>) == 2 * sizeof(void*));

static_assert(only_writes<aio::SharedBytes>);
static_assert(std::is_nothrow_copy_constructible_v<aio::SharedBytes>);
static_assert(sizeof(aio::SharedBytes) <= sizeof(aio::AlignedBuffer));

// NOLINTBEGIN(modernize-avoid-c-arrays): what is adapted

TEST_CASE("an array with its size is read into, and comes back") {
  const TemporaryFile file(pattern(80));
  aio::Context context = make_context();
  auto array = std::make_unique_for_overwrite<std::uint64_t[]>(10);
  const std::uint64_t* const place = array.get();
  std::unique_ptr<std::uint64_t[]> back;
  submit(context, aio::read(borrowed(file)).into(aio::sized(std::move(array), 10)), [&](auto done) {
    REQUIRE(must(done.result) == 80);
    REQUIRE(copy_of(std::as_bytes(std::as_const(done.buffer).elements())) == pattern(80));
    back = std::move(done.buffer).release();
  });
  must(context.wait());
  REQUIRE(back.get() == place);
}

TEST_CASE("an array is written, and deleted by its own deleter") {
  const TemporaryFile file;
  aio::Context context = make_context();
  int deleted = 0;
  {
    std::unique_ptr<const char[], CountingDeleter> text(new char[3]{'a', 'b', 'c'}, {&deleted});
    auto [done] = context.run(aio::write(borrowed(file)).from(aio::sized(std::move(text), 3)));
    REQUIRE(must(done.result) == 3);
    REQUIRE(deleted == 0);
  }
  REQUIRE(deleted == 1);
  REQUIRE(file.content() == Bytes{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}});
}

TEST_CASE("an array that is null or was moved from ends the program") {
  aio::SizedArray array = aio::sized(std::make_unique<int[]>(4), 4);
  const aio::SizedArray owner = std::move(array);
  const char* const moved = "linux_aio: a SizedArray was used after it was moved from\n";
  // NOLINTNEXTLINE(bugprone-use-after-move): the test
  require_death([&array] { static_cast<void>(array.elements()); }, moved);
  require_death([&array] { static_cast<void>(std::as_const(array).elements()); }, moved);
  require_death([&array] { static_cast<void>(std::move(array).release()); }, moved);
  require_death([] { static_cast<void>(aio::sized(std::unique_ptr<int[]>(), 0)); },
                "linux_aio: a SizedArray was made of a null pointer\n");
}

TEST_CASE("many writes of the same shared bytes are in flight at once") {
  const Bytes content = pattern(512);
  const TemporaryFile file;
  aio::Context context = make_context();
  auto vector = std::make_shared<const Bytes>(content);
  const std::weak_ptr<const Bytes> watched = vector;
  int written = 0;
  {
    const aio::SharedBytes page = aio::shared(std::move(vector));
    for (unsigned count = 0; count < 8; ++count) {
      submit(context,
             aio::write(borrowed(file)).from(aio::SharedBytes(page)).at(std::uint64_t{512} * count),
             [&written](const auto& done) { written += must(done.result) == 512 ? 1 : 0; });
    }
    context.flush();
    REQUIRE(copy_of(page.bytes()) == content);  // others may read while the kernel does
  }
  REQUIRE(!watched.expired());
  must(context.wait(8));
  REQUIRE(written == 8);
  REQUIRE(watched.expired());
  for (unsigned count = 0; count < 8; ++count) {
    REQUIRE(part_of(file.content(), std::size_t{512} * count, 512) == content);
  }
}

TEST_CASE("an array, a const container and part of anything can be shared") {
  const auto array = std::make_shared<int[]>(10);
  array[0] = 7;
  const aio::SharedBytes first = aio::shared(array, 10);
  REQUIRE(first.bytes().data() == static_cast<const void*>(array.get()));
  REQUIRE(first.bytes().size() == 10 * sizeof(int));
  REQUIRE(size_of(aio::shared(std::shared_ptr<const int[]>(array), 2)) == 2 * sizeof(int));

  const auto text = std::make_shared<const std::string>("short");
  const aio::SharedBytes second = aio::shared(text);
  REQUIRE(second.bytes().data() == static_cast<const void*>(text->data()));
  REQUIRE(second.bytes().size() == 5);

  struct Message {
    std::array<std::uint32_t, 4> header;
    std::vector<char> body;
  };
  const auto message = std::make_shared<Message>(Message{{}, std::vector<char>(100)});
  const aio::SharedBytes body = aio::shared(message, std::span(message->body).subspan(40));
  REQUIRE(body.bytes().data() == static_cast<const void*>(&message->body[40]));
  REQUIRE(body.bytes().size() == 60);
  REQUIRE(size_of(aio::shared(message, std::span(message->header))) == 16);
}

TEST_CASE("shared bytes are moved from one to the other") {
  aio::SharedBytes first = shared_copy(pattern(10));
  const aio::SharedBytes second = std::move(first);
  REQUIRE(second.bytes().size() == 10);
  first = second;
  REQUIRE(first.bytes().data() == second.bytes().data());
  aio::SharedBytes third = shared_copy(pattern(20));
  third = std::move(first);
  REQUIRE(copy_of(third.bytes()) == pattern(10));
  aio::SharedBytes& same = third;
  third = std::move(same);
  REQUIRE(copy_of(third.bytes()) == pattern(10));
  REQUIRE(size_of(shared_copy({})) == 0);
}

TEST_CASE("shared bytes that were moved from, or made of a null pointer, end the program") {
  aio::SharedBytes bytes = shared_copy(pattern(10));
  const aio::SharedBytes owner = std::move(bytes);
  const char* const moved = "linux_aio: SharedBytes were used after they were moved from\n";
  // NOLINTNEXTLINE(bugprone-use-after-move): the test
  require_death([&bytes] { static_cast<void>(size_of(bytes)); }, moved);
  require_death(
      [&bytes] { static_cast<void>(aio::write(aio::BorrowedFd(0)).from(aio::SharedBytes(bytes))); },
      moved);
  const char* const null = "linux_aio: SharedBytes were made of a null pointer\n";
  require_death([] { static_cast<void>(aio::shared(std::shared_ptr<const Bytes>())); }, null);
  require_death([] { static_cast<void>(aio::shared(std::shared_ptr<int[]>(), 0)); }, null);
  require_death([] { static_cast<void>(aio::shared(std::shared_ptr<int>(), std::span<int>())); },
                null);
}

// NOLINTEND(modernize-avoid-c-arrays)
