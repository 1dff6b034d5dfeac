#include "tests/support/seccomp.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace linux_aio::testing {

bool forbid_system_call(long number, int code) {
  const auto statement = [](unsigned operation, std::uint32_t operand) {
    return ::sock_filter{
        .code = static_cast<std::uint16_t>(operation), .jt = 0, .jf = 0, .k = operand};
  };
  ::sock_filter unless_it =
      statement(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number));
  unless_it.jf = 1;
  std::array filter{
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(struct ::seccomp_data, nr)),
      unless_it,
      statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(code)),
      statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const ::sock_fprog program{.len = filter.size(), .filter = filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace linux_aio::testing
