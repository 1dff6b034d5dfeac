#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <linux_aio/detail/poison.hpp>
#include <linux_aio/detail/pool_memory.hpp>
#include <memory>
#include <new>
#include <utility>

namespace linux_aio::detail {
namespace {

constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
constexpr std::size_t huge_page_size = std::size_t{2} << 20U;
constexpr int huge_page_flags = MAP_HUGETLB | 21 << MAP_HUGE_SHIFT;  // 21: log2 of the size

void* map_anonymous(std::size_t size, int flags) noexcept {
  void* const memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

Result<PoolMemory::Owner> PoolMemory::create(const Layout& layout, bool huge_pages) noexcept {
  const auto no_memory = std::unexpected(Error(Call::allocate, ENOMEM, layout.size));
  // NOLINTNEXTLINE(modernize-avoid-c-arrays): its size is known at run time only
  auto next = std::unique_ptr<std::uint32_t[]>(new (std::nothrow) std::uint32_t[layout.count]);
  if (next == nullptr) return no_memory;
  Owner memory(new (std::nothrow) PoolMemory(layout, std::move(next)));
  if (memory == nullptr || !memory->map(huge_pages)) return no_memory;
  poison({memory->first_, layout.stride * layout.count});
  return memory;
}

// NOLINTNEXTLINE(modernize-avoid-c-arrays)
PoolMemory::PoolMemory(const Layout& layout, std::unique_ptr<std::uint32_t[]> next) noexcept
    : layout_(layout),
      free_count_(layout.count),
      next_(std::move(next)),
      shares_(layout.count + 1) {
  for (std::uint32_t index = 0; index < layout.count; ++index) next_[index] = index + 1;
  next_[layout.count - 1] = none;
}

PoolMemory::~PoolMemory() {
  if (mapping_ == nullptr) return;
  // Whoever is given these addresses next must find them as new.
  unpoison({static_cast<const std::byte*>(mapping_), mapping_size_});
  ::munmap(mapping_, mapping_size_);
}

bool PoolMemory::map(bool huge_pages) noexcept {
  if (layout_.stride > (most - huge_page_size) / layout_.count) return false;
  const std::size_t size = layout_.stride * layout_.count;
  if (!huge_pages) return map_aligned(size, layout_.alignment);
  const std::size_t whole = (size + huge_page_size - 1) & ~(huge_page_size - 1);
  if (map_reserved(whole)) return true;
  if (!map_aligned(whole, std::max(layout_.alignment, huge_page_size))) return false;
  if (::madvise(first_, whole, MADV_HUGEPAGE) == 0) pages_ = Pages::advised;
  return true;
}

bool PoolMemory::map_reserved(std::size_t size) noexcept {
  if (layout_.alignment > huge_page_size) return false;
  mapping_ = map_anonymous(size, huge_page_flags);
  if (mapping_ == nullptr) return false;
  mapping_size_ = size;
  first_ = static_cast<std::byte*>(mapping_);
  pages_ = Pages::reserved;
  return true;
}

bool PoolMemory::map_aligned(std::size_t size, std::size_t alignment) noexcept {
  // mmap aligns to a page; for more there must be room to move up in.
  const auto page_size = static_cast<std::size_t>(::getpagesize());
  const std::size_t room = alignment > page_size ? alignment : 0;
  if (room > most - size) return false;
  mapping_ = map_anonymous(size + room, 0);
  if (mapping_ == nullptr) return false;
  mapping_size_ = size + room;
  void* aligned = mapping_;
  std::size_t space = mapping_size_;
  first_ = static_cast<std::byte*>(std::align(alignment, size, aligned, space));
  return true;
}

std::uint32_t PoolMemory::take() noexcept {
  // What was given back last is used first: it is the warmest.
  if (returned_.load(std::memory_order_relaxed) != none) collect();
  const std::uint32_t index = free_;
  if (index == none) return none;
  free_ = next_[index];
  --free_count_;
  unpoison(bytes_of(index));
  return index;
}

void PoolMemory::give_back(std::uint32_t index) noexcept {
  // With the gap after it: AddressSanitizer poisons in units of 8 bytes.
  poison({bytes_of(index).data(), layout_.stride});
  std::uint32_t head = returned_.load(std::memory_order_relaxed);
  do {
    if (head == closed) return drop(1);
    next_[index] = head;
  } while (!returned_.compare_exchange_weak(head, index, std::memory_order_release,
                                            std::memory_order_relaxed));
}

std::size_t PoolMemory::available() noexcept {
  collect();
  return free_count_;
}

// Puts what was given back before what is free.
void PoolMemory::collect() noexcept {
  const std::uint32_t head = returned_.exchange(none, std::memory_order_acquire);
  if (head == none) return;
  std::uint32_t last = head;
  for (++free_count_; next_[last] != none; ++free_count_) last = next_[last];
  next_[last] = free_;
  free_ = head;
}

void PoolMemory::close() noexcept {
  std::uint32_t back = free_count_;
  for (std::uint32_t index = returned_.exchange(closed, std::memory_order_acquire); index != none;
       index = next_[index]) {
    ++back;
  }
  drop(back + 1);
}

void PoolMemory::drop(std::uint32_t shares) noexcept {
  if (shares_.fetch_sub(shares, std::memory_order_acq_rel) == shares) delete this;
}

}  // namespace linux_aio::detail
