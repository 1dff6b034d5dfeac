#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux_aio/detail/process.hpp>
#include <new>

namespace linux_aio::detail {
namespace {

using Mark = std::atomic<std::uint32_t>;

Mark* make_mark() noexcept {
  const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const page =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  static Mark* const mark = ::new (page) Mark(0);
  if (::madvise(page, size, MADV_WIPEONFORK) != 0) {
    static_cast<void>(::pthread_atfork(nullptr, nullptr, [] { mark->store(0); }));
  }
  return mark;
}

}  // namespace

const Mark* process_mark() noexcept {
  static Mark* const mark = make_mark();
  static Mark last{0};  // a child goes on where its parent was
  if (mark == nullptr) return nullptr;
  std::uint32_t none = 0;
  if (mark->load() == 0) mark->compare_exchange_strong(none, ++last);
  return mark;
}

}  // namespace linux_aio::detail
