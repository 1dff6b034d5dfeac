#include "tests/support/interposed_statx.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <utility>

namespace linux_aio::testing {
namespace {

// By number and place: C libraries older than Linux 6.1 do not name them.
constexpr unsigned dio_align = 0x2000;
constexpr std::size_t alignment_place = 152;

// NOLINTNEXTLINE(*-non-const-global-variables): statx has no other place
std::function<void(struct ::statx&)> interposed;

}  // namespace

InterposedStatx::InterposedStatx(std::function<void(struct ::statx&)> change) {
  interposed = std::move(change);
}

InterposedStatx::~InterposedStatx() { interposed = nullptr; }

void no_direct_io_alignment(struct ::statx& status) { status.stx_mask &= ~dio_align; }

void direct_io_alignment(struct ::statx& status, std::uint32_t alignment) {
  status.stx_mask |= dio_align;
  const std::array both{alignment, alignment};
  std::memcpy(reinterpret_cast<char*>(&status) + alignment_place, both.data(), sizeof both);
}

}  // namespace linux_aio::testing

// Takes the place of the C library's, whose names for the parameters are reserved.
// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
extern "C" int statx(int folder, const char* __restrict path, int flags, unsigned mask,
                     struct ::statx* __restrict status) {
  const auto result = static_cast<int>(::syscall(SYS_statx, folder, path, flags, mask, status));
  if (result == 0 && linux_aio::testing::interposed) linux_aio::testing::interposed(*status);
  return result;
}
