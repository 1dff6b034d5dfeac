#include <linux_aio/raw/abi.hpp>

#include "src/error_text/text.hpp"
#include "src/kernel_version.hpp"
#include "src/rwf_flags.hpp"

namespace linux_aio::detail {
namespace {

std::string of_the_kernel(const RwfFlag& flag) {
  return "the flag " + std::string(flag.name) + " needs " + name_of(flag.since) +
         ", and this kernel is " + kernel_release();
}

std::string of_the_file(const RwfFlag& flag) {
  return "the flag " + std::string(flag.name) + " (since " + name_of(flag.since) + ") needs " +
         flag.needs;
}

// Buffered writes of file systems that read with no_wait: known only when the write is under way.
std::string of_the_completion(const RwfFlag& flag) {
  return "the file system cannot do it with the flag " + std::string(flag.name) + " (since " +
         name_of(flag.since) +
         (flag.bit == raw::rwf_nowait ? "), as many cannot write through the page cache: use "
                                        "O_DIRECT, or leave the flag out"
                                      : "): leave the flag out");
}

}  // namespace

std::string explain_flags(const Failure& failure) {
  std::vector<std::string> too_new;
  std::vector<std::string> unfit;
  std::vector<std::string> names;
  for (const RwfFlag& flag : rwf_flags()) {
    if ((failure.flags & static_cast<unsigned>(flag.bit)) == 0) continue;
    names.emplace_back(flag.name);
    if (kernel_is_older_than(flag.since)) too_new.push_back(of_the_kernel(flag));
    if (flag.needs == nullptr) continue;
    unfit.push_back(failure.call == Call::completion ? of_the_completion(flag) : of_the_file(flag));
  }
  if (failure.has(Failure::with_unknown_flags)) {
    return "the request has RWF_ bits that Linux 7.3 does not know";
  }
  if (!too_new.empty()) return list(too_new, "and");
  if (!unfit.empty()) return list(unfit, "and");
  if (names.empty()) return "the file does not support this " + operation_of(failure);
  return "the file or the kernel does not support the flags " + list(names, "or");
}

}  // namespace linux_aio::detail
