#include <algorithm>
#include <linux_aio/probe.hpp>
#include <string>
#include <vector>

#include "src/error_text/text.hpp"
#include "src/rwf_flags.hpp"

namespace linux_aio {
namespace {

std::string words_of(const Trial& trial) {
  switch (trial.finding) {
    case Finding::works:
      return "works";
    case Finding::missing:
      return "missing";
    case Finding::forbidden:
      return "forbidden (EPERM, as a seccomp filter answers)";
    case Finding::failed:
      return "failed: " + detail::errno_text(trial.code);
    case Finding::undecided:
      return "undecided";
    case Finding::untried:
      break;
  }
  return "not tried";
}

std::string line(std::string name, const std::string& text) {
  constexpr std::size_t column = 18;
  name.resize(std::max(name.size() + 1, column), ' ');
  return name + text + "\n";
}

std::string line(const char* name, const Trial& trial) {
  return line(std::string("  ") + name, words_of(trial));
}

// The flags of which the same was found, each group in a line.
template <class Trials>
std::string flag_lines(const std::string& direction, const Trials& trials, const char* if_works,
                       const char* if_failed) {
  struct Group {
    Finding finding;
    const char* words;
  };
  std::string text;
  for (const auto& [finding, words] :
       {Group{Finding::works, if_works}, Group{Finding::failed, if_failed},
        Group{Finding::forbidden, "forbidden"}, Group{Finding::missing, "not known to the kernel"},
        Group{Finding::undecided, "undecided (unknown to the kernel, or not for this file)"}}) {
    std::vector<std::string> names;
    for (const auto& [flag, trial] : trials) {
      if (trial.finding != finding) continue;
      names.emplace_back(detail::rwf_flag(static_cast<raw::kernel_rwf_t>(flag)).name);
    }
    if (!names.empty()) {
      text +=
          line("  " + direction + " flags", std::string(words) + ": " + detail::list(names, "and"));
    }
  }
  return text;
}

std::string limits_of(const KernelCapabilities& kernel) {
  if (!kernel.aio_max_nr || !kernel.aio_nr) return "unknown: /proc/sys/fs does not show it";
  return std::to_string(*kernel.aio_max_nr) + " requests for all processes together, of which " +
         std::to_string(*kernel.aio_nr) + " are in use";
}

std::string direct_io_of(const FileCapabilities& file) {
  if (!file.direct_io) return "none for such a file";
  const DirectIo& needed = *file.direct_io;
  const std::string numbers = "buffers at multiples of " + std::to_string(needed.memory_alignment) +
                              ", offsets and lengths of " +
                              std::to_string(needed.offset_alignment) + " bytes";
  if (needed.reported) return "needs " + numbers;
  return "the kernel does not say; if there is any, enough are " + numbers;
}

std::string opening_of(const FileCapabilities& file) {
  std::vector<std::string> words;
  if (file.readable) words.emplace_back("reading");
  if (file.writable) words.emplace_back("writing");
  std::string text = words.empty() ? "open with O_PATH" : "open for " + detail::list(words, "and");
  if (file.direct) text += ", O_DIRECT";
  if (file.non_blocking) text += ", O_NONBLOCK";
  if (file.append) text += ", O_APPEND";
  return text;
}

}  // namespace

std::string describe(const KernelCapabilities& kernel) {
  const std::optional<Error> obstacle = kernel.obstacle();
  std::string text = line("kernel", "Linux " + kernel.release);
  text += line("kernel AIO", obstacle ? "NOT usable: " + obstacle->message() : "usable");
  text += line("fs.aio-max-nr", limits_of(kernel));
  text += "system calls\n";
  text += line("io_setup", kernel.io_setup) + line("io_submit", kernel.io_submit) +
          line("io_getevents", kernel.io_getevents) + line("io_pgetevents", kernel.io_pgetevents) +
          line("io_cancel", kernel.io_cancel) + line("io_destroy", kernel.io_destroy);
  text += "requests\n";
  text += line("read", kernel.read) + line("write", kernel.write) +
          line("vectored read", kernel.vectored_read) +
          line("vectored write", kernel.vectored_write) + line("fsync", kernel.fsync) +
          line("fdatasync", kernel.fdatasync) + line("poll", kernel.poll) +
          line("eventfd", kernel.eventfd) + line("I/O priority", kernel.io_priority);
  const char* const known = "known to the kernel";
  return text + flag_lines("read", kernel.flags.read, known, "failed") +
         flag_lines("write", kernel.flags.write, known, "failed");
}

std::string describe(const FileCapabilities& file) {
  std::string text = line("file", std::string(name_of(file.kind)) + ", " + opening_of(file));
  text += line("O_DIRECT", direct_io_of(file));
  if (file.queue_depth) {
    text += line("device", "takes " + std::to_string(*file.queue_depth) + " requests at once");
  }
  text += line("reads", explain(file.reads)) + line("writes", explain(file.writes));
  const char* const accepted = "accepted";
  const char* const not_for_it = "not supported by this file";
  return text + flag_lines("read", file.flags.read, accepted, not_for_it) +
         flag_lines("write", file.flags.write, accepted, not_for_it);
}

}  // namespace linux_aio
