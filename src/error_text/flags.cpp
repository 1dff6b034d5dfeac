#include <array>
#include <linux_aio/raw/abi.hpp>

#include "src/error_text/text.hpp"
#include "src/kernel_version.hpp"

namespace linux_aio::detail {
namespace {

struct FlagText {
  raw::kernel_rwf_t bit;
  const char* name;
  KernelVersion since;
  const char* needs;  // of the file; nullptr: it depends on the kernel alone
};

// The conditions are those of kiocb_set_rw_flags() in include/linux/fs.h.
constexpr std::array flag_texts{
    FlagText{raw::rwf_hipri, "hipri", {4, 13}, nullptr},
    FlagText{raw::rwf_dsync, "dsync", {4, 13}, nullptr},
    FlagText{raw::rwf_sync, "sync", {4, 13}, nullptr},
    FlagText{raw::rwf_nowait, "no_wait", {4, 14}, "a file that can tell whether it would block"},
    FlagText{raw::rwf_append, "append", {4, 16}, nullptr},
    FlagText{raw::rwf_noappend, "no_append", {6, 9}, nullptr},
    FlagText{raw::rwf_atomic,
             "atomic",
             {6, 11},
             "a write with O_DIRECT, on a device and file system that have atomic writes"},
    FlagText{raw::rwf_dontcache, "dont_cache", {6, 14}, "a file system that knows it"},
    FlagText{raw::rwf_nosignal, "no_signal", {6, 18}, nullptr},
};

std::string of_the_kernel(const FlagText& flag) {
  return "the flag " + std::string(flag.name) + " needs " + name_of(flag.since) +
         ", and this kernel is " + kernel_release();
}

std::string of_the_file(const FlagText& flag) {
  return "the flag " + std::string(flag.name) + " (since " + name_of(flag.since) + ") needs " +
         flag.needs;
}

// Buffered writes of file systems that read with no_wait: known only when the write is under way.
std::string of_the_completion(const FlagText& flag) {
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
  for (const FlagText& flag : flag_texts) {
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
