// A kernel that is made up in user space: what is left of a request's cost is its wrapper's own.
#pragma once

#include <array>

namespace overhead {

// From then on, syscall() is answered by it; the calls that it does not have are ENOSYS.
void fake_the_kernel();
[[nodiscard]] bool kernel_is_fake();

// What the kernel would return: a result >= 0, or -errno. A request completes at once, whole.
[[nodiscard]] long fake_system_call(long number, const std::array<long, 6>& arguments);

}  // namespace overhead
