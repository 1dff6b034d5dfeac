#include <algorithm>
#include <atomic>
#include <catch2/catch_all.hpp>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <limits>
#include <linux_aio/linux_aio.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/support/child.hpp"
#include "tests/support/safe.hpp"
#include "tests/support/skip.hpp"

namespace {

using namespace linux_aio::testing;
namespace aio = linux_aio;
using Pages = aio::BufferPool::Pages;

constexpr std::size_t huge_page = std::size_t{2} << 20U;

aio::BufferPool make_pool(std::size_t count, std::size_t size = 4096) {
  return must(aio::BufferPool::create({.count = count, .size = size}));
}

std::uintptr_t address_of(const aio::PooledBuffer& buffer) {
  return reinterpret_cast<std::uintptr_t>(buffer.bytes().data());
}

std::vector<aio::PooledBuffer> acquire_all(aio::BufferPool& pool) {
  std::vector<aio::PooledBuffer> buffers;
  buffers.reserve(pool.count());
  while (auto buffer = pool.acquire()) buffers.push_back(std::move(*buffer));
  return buffers;
}

// The value of `key` that /proc/self/smaps has for the mapping of `address`.
std::string smaps_of(std::uintptr_t address, const std::string& key) {
  std::ifstream smaps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(smaps, line);) {
    std::istringstream words(line);
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    if (words >> std::hex >> begin >> dash >> end && dash == '-') {
      inside = begin <= address && address < end;
    } else if (inside && line.starts_with(key + ":")) {
      return line.substr(key.size() + 1);
    }
  }
  return {};
}

std::size_t free_huge_pages() {
  std::ifstream file("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
  std::size_t count = 0;
  file >> count;
  return count;
}

}  // namespace

static_assert(aio::MutableBuffer<aio::PooledBuffer> && aio::OwningBuffer<aio::PooledBuffer>);
static_assert(std::is_nothrow_move_assignable_v<aio::PooledBuffer>);
static_assert(!std::is_copy_constructible_v<aio::PooledBuffer>);
static_assert(!std::is_default_constructible_v<aio::PooledBuffer>);
static_assert(!std::is_copy_constructible_v<aio::BufferPool>);
static_assert(std::is_nothrow_move_constructible_v<aio::BufferPool>);
static_assert(sizeof(aio::PooledBuffer) <= sizeof(aio::AlignedBuffer));

TEST_CASE("a pool has as many buffers as asked for, aligned, apart, and zero at first") {
  for (const std::size_t alignment : {std::size_t{1}, std::size_t{512}, std::size_t{4096},
                                      std::size_t{1} << 16U, std::size_t{4} << 20U}) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{4096}, std::size_t{5000}}) {
      aio::BufferPool pool =
          must(aio::BufferPool::create({.count = 5, .size = size, .alignment = alignment}));
      REQUIRE(pool.count() == 5);
      REQUIRE(pool.buffer_size() == size);
      REQUIRE(pool.alignment() == alignment);
      REQUIRE(pool.available() == 5);
      std::vector<aio::PooledBuffer> buffers = acquire_all(pool);
      REQUIRE(buffers.size() == 5);
      REQUIRE(pool.available() == 0);
      std::set<std::uintptr_t> places;
      for (aio::PooledBuffer& buffer : buffers) {
        REQUIRE(buffer.size() == size);
        REQUIRE(buffer.alignment() == alignment);
        REQUIRE(address_of(buffer) % alignment == 0);
        REQUIRE(std::ranges::count(buffer.bytes(), std::byte{}) ==
                static_cast<std::ptrdiff_t>(size));
        places.insert(address_of(buffer));
        std::ranges::fill(buffer.bytes(), std::byte{0xff});
      }
      REQUIRE(places.size() == 5);
    }
  }
}

TEST_CASE("an empty pool is ENOBUFS at once, and the message tells its size") {
  aio::BufferPool pool = make_pool(2);
  const std::vector<aio::PooledBuffer> buffers = acquire_all(pool);
  const auto refused = pool.acquire();
  REQUIRE(code_of(refused) == ENOBUFS);
  REQUIRE(refused.error().message().find("all 2 buffers") != std::string::npos);
}

TEST_CASE("a buffer goes back when it is destroyed or assigned to, and is the next to be taken") {
  aio::BufferPool pool = make_pool(3);
  const auto acquire = [&pool] { return must(pool.acquire()); };
  std::uintptr_t place = 0;
  {
    const aio::PooledBuffer buffer = acquire();
    place = address_of(buffer);
    REQUIRE(pool.available() == 2);
  }
  REQUIRE(pool.available() == 3);
  aio::PooledBuffer first = acquire();
  REQUIRE(address_of(first) == place);
  aio::PooledBuffer second = acquire();
  const std::uintptr_t kept = address_of(second);
  first = std::move(second);
  REQUIRE(address_of(first) == kept);
  REQUIRE(pool.available() == 2);
  aio::PooledBuffer& same = first;
  first = std::move(same);
  REQUIRE(address_of(first) == kept);
  REQUIRE(pool.available() == 2);
  second = acquire();  // a moved-from buffer may be assigned to
  REQUIRE(address_of(second) == place);
}

TEST_CASE("a pool is empty as often as one likes, in whatever order its buffers come back") {
  aio::BufferPool pool = make_pool(16, 64);
  for (std::size_t round = 0; round < 100; ++round) {
    std::vector<aio::PooledBuffer> buffers = acquire_all(pool);
    REQUIRE(buffers.size() == 16);
    while (!buffers.empty()) {
      std::swap(buffers[round % buffers.size()], buffers.back());
      buffers.pop_back();
      if (buffers.size() == round % 16) REQUIRE(pool.available() == 16 - buffers.size());
    }
  }
}

TEST_CASE("count, size or alignment that cannot be are EINVAL") {
  REQUIRE(code_of(aio::BufferPool::create({.count = 0, .size = 1})) == EINVAL);
  REQUIRE(code_of(aio::BufferPool::create({.count = 1, .size = 0})) == EINVAL);
  REQUIRE(code_of(aio::BufferPool::create({.count = 1, .size = 1, .alignment = 3})) == EINVAL);
  REQUIRE(code_of(aio::BufferPool::create({.count = 1, .size = 1, .alignment = 0})) == EINVAL);
  if constexpr (sizeof(std::size_t) > 4) {
    constexpr std::size_t too_many = (std::size_t{1} << 31U) + 1;
    REQUIRE(code_of(aio::BufferPool::create({.count = too_many, .size = 1})) == EINVAL);
  }
}

TEST_CASE("more memory than there is is ENOMEM") {
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  constexpr std::size_t half = most / 2 + 1;
  const auto code = [](const aio::BufferPoolOptions& options) {
    return code_of(aio::BufferPool::create(options));
  };
  for (const bool huge_pages : {false, true}) {
    REQUIRE(code({.count = 1, .size = most, .huge_pages = huge_pages}) == ENOMEM);
    REQUIRE(code({.count = 2, .size = half, .huge_pages = huge_pages}) == ENOMEM);
    REQUIRE(code({.count = 1, .size = most - 4095, .huge_pages = huge_pages}) == ENOMEM);
    REQUIRE(code({.count = 1, .size = 1, .alignment = half, .huge_pages = huge_pages}) == ENOMEM);
  }
}

TEST_CASE("buffers outlive their pool, moved or destroyed, and its memory goes with the last") {
  std::vector<aio::PooledBuffer> buffers;
  std::uintptr_t place = 0;
  {
    aio::BufferPool first = make_pool(3);
    buffers.push_back(must(first.acquire()));
    aio::BufferPool second = std::move(first);
    buffers.push_back(must(second.acquire()));
    static_cast<void>(second.acquire());
    place = address_of(buffers[0]);
  }
  for (aio::PooledBuffer& buffer : buffers) std::ranges::fill(buffer.bytes(), std::byte{1});
  buffers.pop_back();
  REQUIRE(buffers[0].bytes()[4095] == std::byte{1});
  REQUIRE(!smaps_of(place, "Size").empty());
  buffers.pop_back();
  REQUIRE(smaps_of(place, "Size").empty());
}

TEST_CASE("a pool that is assigned to lets its memory go") {
  aio::BufferPool pool = make_pool(1);
  const aio::PooledBuffer old = must(pool.acquire());
  pool = make_pool(2);
  REQUIRE(pool.available() == 2);
  REQUIRE(old.size() == 4096);
}

TEST_CASE("requests take pooled buffers and give them back") {
  const Bytes content = pattern(std::size_t{8} * 512);
  const TemporaryFile file(content);
  aio::Context context = make_context(4);
  aio::BufferPool pool = make_pool(4, 512);
  std::size_t right = 0;
  for (std::size_t part = 0; part < 8; ++part) {
    auto buffer = pool.acquire();
    if (!buffer) {
      REQUIRE(buffer.error().code() == ENOBUFS);
      must(context.wait());
      buffer = pool.acquire();
    }
    submit(context,
           aio::read(borrowed(file)).into(must(std::move(buffer))).at(std::uint64_t{part} * 512),
           [&, part](auto done) {
             REQUIRE(must(done.result) == 512);
             REQUIRE(copy_of(done.bytes()) == part_of(content, part * 512, 512));
             ++right;
           });
  }
  must(context.wait(context.in_flight()));
  REQUIRE(right == 8);
  REQUIRE(pool.available() == 4);
}

TEST_CASE("a context that discards its requests gives their buffers back to the pool") {
  const TemporaryFile file(pattern(10));
  aio::BufferPool pool = make_pool(2);
  {
    aio::Context context = make_context();
    submit(context, aio::read(borrowed(file)).into(must(pool.acquire())), [](const auto&) {});
    submit(context, aio::write(borrowed(file)).from(must(pool.acquire())), [](const auto&) {});
    REQUIRE(pool.available() == 0);
  }
  REQUIRE(pool.available() == 2);
}

TEST_CASE("other threads give buffers back while one takes them, and none is lost or out twice") {
  constexpr std::size_t threads = 4;
  constexpr unsigned rounds = 20'000;
  aio::BufferPool pool = make_pool(threads * 8, 64);
  std::vector<std::optional<aio::PooledBuffer>> hands(threads * 8);
  std::vector<std::atomic<bool>> full(hands.size());
  std::atomic<bool> more = true;
  std::atomic<unsigned> mixed = 0;
  std::vector<std::thread> others;
  others.reserve(threads);
  for (std::size_t thread = 0; thread < threads; ++thread) {
    others.emplace_back([&, thread] {
      while (more || std::ranges::any_of(full, [](const auto& each) { return each.load(); })) {
        for (std::size_t hand = thread; hand < hands.size(); hand += threads) {
          if (!full[hand]) continue;
          // The bytes are still those of whoever took the buffer.
          const std::span<std::byte> bytes = hands[hand]->bytes();
          if (std::ranges::count(bytes, bytes[0]) != 64) ++mixed;
          hands[hand].reset();
          full[hand] = false;
        }
        std::this_thread::yield();
      }
    });
  }
  unsigned taken = 0;
  while (taken < rounds) {
    for (std::size_t hand = 0; hand < hands.size(); ++hand) {
      if (full[hand]) continue;
      auto buffer = pool.acquire();
      if (!buffer) break;
      std::ranges::fill(buffer->bytes(), static_cast<std::byte>(++taken));
      hands[hand] = std::move(*buffer);
      full[hand] = true;
    }
  }
  more = false;
  for (std::thread& other : others) other.join();
  REQUIRE(mixed == 0);
  REQUIRE(pool.available() == pool.count());
}

TEST_CASE("a pool may be destroyed while other threads give its buffers back") {
  for (int round = 0; round < 200; ++round) {
    std::optional<aio::BufferPool> pool = make_pool(4, 64);
    std::vector<aio::PooledBuffer> buffers = acquire_all(*pool);
    const std::uintptr_t place = address_of(buffers[0]);
    std::vector<std::thread> others;
    others.reserve(buffers.size());
    for (aio::PooledBuffer& buffer : buffers) {
      others.emplace_back([mine = std::move(buffer)]() mutable {
        mine.bytes()[0] = std::byte{1};
        const aio::PooledBuffer gone = std::move(mine);
      });
    }
    pool.reset();
    for (std::thread& other : others) other.join();
    if (round == 0) REQUIRE(smaps_of(place, "Size").empty());
  }
}

TEST_CASE("a pool tells which pages it got, and the kernel agrees") {
  const aio::BufferPool usual = make_pool(1);
  REQUIRE(usual.pages() == Pages::usual);

  const bool has_reserved = free_huge_pages() >= 2;
  aio::BufferPool pool = must(
      aio::BufferPool::create({.count = 3, .size = std::size_t{1} << 20U, .huge_pages = true}));
  const aio::PooledBuffer buffer = must(pool.acquire());
  const std::uintptr_t place = address_of(buffer);
  if (pool.pages() == Pages::reserved) {
    REQUIRE(smaps_of(place, "KernelPageSize").find("2048 kB") != std::string::npos);
    return;
  }
  REQUIRE(!has_reserved);
  skip("no huge pages are reserved (sysctl vm.nr_hugepages)");
  REQUIRE(place % huge_page == 0);
  if (pool.pages() == Pages::usual) return skip("this kernel has no transparent huge pages");
  REQUIRE(smaps_of(place, "VmFlags").find(" hg") != std::string::npos);
}

TEST_CASE("huge pages and an alignment beyond theirs go together") {
  constexpr std::size_t alignment = 2 * huge_page;
  aio::BufferPool pool = must(aio::BufferPool::create(
      {.count = 2, .size = 4096, .alignment = alignment, .huge_pages = true}));
  for (const aio::PooledBuffer& buffer : acquire_all(pool)) {
    REQUIRE(address_of(buffer) % alignment == 0);
  }
}

TEST_CASE("using a pool or its buffer after it was moved from ends the program") {
  aio::BufferPool pool = make_pool(1);
  aio::PooledBuffer buffer = must(pool.acquire());
  const aio::PooledBuffer owner = std::move(buffer);
  const aio::BufferPool owner_of_pool = std::move(pool);
  const auto require_death = [](const std::function<void()>& use, const std::string& what) {
    const Ending ending = in_child([&use] { return use(), 0; });
    REQUIRE(ending.signal == SIGABRT);
    REQUIRE(ending.output == "linux_aio: a " + what + " was used after it was moved from\n");
  };
  // NOLINTBEGIN(bugprone-use-after-move): the test
  require_death([&buffer] { static_cast<void>(buffer.bytes()); }, "PooledBuffer");
  require_death([&buffer] { static_cast<void>(std::as_const(buffer).bytes()); }, "PooledBuffer");
  require_death([&buffer] { static_cast<void>(buffer.size()); }, "PooledBuffer");
  require_death([&buffer] { static_cast<void>(buffer.alignment()); }, "PooledBuffer");
  require_death([&pool] { static_cast<void>(pool.acquire()); }, "BufferPool");
  require_death([&pool] { static_cast<void>(pool.available()); }, "BufferPool");
  require_death([&pool] { static_cast<void>(pool.count()); }, "BufferPool");
  require_death([&pool] { static_cast<void>(pool.pages()); }, "BufferPool");
  // NOLINTEND(bugprone-use-after-move)
}
