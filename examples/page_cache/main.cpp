// page_cache: looks pages of a file up in a cache of a few frames, many lookups at once.
//
// page_cache.cpp is the part to read first: it is where linux_aio is used.

#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <random>
#include <string>

#include "examples/page_cache/page_cache.hpp"
#include "examples/support/checksum.hpp"
#include "examples/support/command_line.hpp"
#include "examples/support/open.hpp"

namespace {

namespace aio = linux_aio;

constexpr const char* help = R"(Usage: page_cache [OPTION]... FILE [PAGE]...

Looks up pages of FILE, by number, in a cache that reads those that it lacks,
and prints each one's number, length in bytes and checksum, as cksum(1) has it.
Without PAGE it makes up lookups, most of them to a fifth of the file, and
prints what became of them.

  --frames N     pages that the cache holds (default 64)
  --page-size N  bytes of a page (default 4096); O_DIRECT where FILE and this
                 size allow it
  --at-once N    lookups under way at once (default 32)
  --lookups N    how many are made up (default 100000)
  -h, --help     show this help
)";

std::uint64_t page_number(const std::string& text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  // Far from where a file's offsets end.
  if (error != std::errc() || rest != end || number > UINT32_MAX) {
    support::die("'" + text + "' is no page number");
  }
  return number;
}

std::vector<std::uint64_t> made_up_lookups(std::size_t count, std::uint64_t pages) {
  std::mt19937_64 random(1);  // NOLINT(*-msc51-cpp): the same lookups each time
  std::vector<std::uint64_t> numbers(count);
  for (std::uint64_t& number : numbers) {
    const bool popular = random() % 5 != 0;
    number = random() % (popular ? (pages + 4) / 5 : pages);
  }
  return numbers;
}

void print(std::uint64_t number, std::span<const std::byte> page) {
  std::printf("%" PRIu64 " %zu %" PRIu32 "\n", number, page.size(), support::checksum(page));
}

struct Lookups {
  std::vector<std::uint64_t> numbers;
  std::size_t at_once;
  bool printed;
};

void run(aio::Context& context, page_cache::PageCache& cache, const Lookups& lookups) {
  std::size_t under_way = 0;
  for (auto next = lookups.numbers.begin(); next != lookups.numbers.end() || under_way != 0;) {
    while (next != lookups.numbers.end() && under_way < lookups.at_once) {
      ++under_way;
      cache.get(*next, [&under_way, &lookups, number = *next](auto page) {
        --under_way;
        if (!page) {
          support::die("page " + std::to_string(number) + ": " + page.error().message());
        }
        if (lookups.printed) print(number, *page);
      });
      ++next;
    }
    if (under_way != 0) support::value_or_die(context.wait(), "waiting");
  }
}

}  // namespace

int main(int argc, char** argv) {
  support::CommandLine arguments(argc, argv, "page_cache", help);
  const std::size_t frames = arguments.number("--frames", 64, 1 << 20);
  const std::size_t page_size = arguments.number("--page-size", 4096, 1 << 30);
  const std::size_t at_once = arguments.number("--at-once", 32, 1 << 20);
  const std::size_t count = arguments.number("--lookups", 100'000, 1'000'000'000);
  const std::vector<std::string> operands = arguments.operands(1, 1 << 20);
  const std::string& path = operands.front();

  const support::Opened opened =
      support::value_or_die(support::open(path, aio::Access::read_only, page_size), path);
  const std::uint64_t size = support::value_or_die(opened.file.size(), path);
  const std::uint64_t pages = (size + page_size - 1) / page_size;
  Lookups lookups{.numbers = {}, .at_once = at_once, .printed = operands.size() > 1};
  for (const std::string& text : std::span(operands).subspan(1)) {
    lookups.numbers.push_back(page_number(text));
  }
  if (!lookups.printed && pages != 0) lookups.numbers = made_up_lookups(count, pages);

  auto context = support::value_or_die(
      aio::Context::create({.capacity = static_cast<std::uint32_t>(frames)}), "AIO");
  auto pool = support::value_or_die(
      aio::BufferPool::create(
          {.count = frames, .size = page_size, .alignment = opened.memory_alignment}),
      "memory");
  page_cache::PageCache cache(context, opened.file, size, std::move(pool));
  run(context, cache, lookups);

  const auto& counts = cache.counts();
  std::printf("%zu lookups in %" PRIu64 " pages, %s: %" PRIu64 " hits, %" PRIu64 " misses, %" PRIu64
              " joined a read, %" PRIu64 " evictions\n",
              lookups.numbers.size(), pages, opened.direct ? "O_DIRECT" : "buffered", counts.hits,
              counts.misses, counts.joined, counts.evictions);
  return 0;
}
