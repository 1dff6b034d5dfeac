#include "examples/copy/options.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace copy {

const char* const help_text =
    R"(Usage: copy [OPTION]... [--] SOURCE DESTINATION

Copies the file SOURCE to DESTINATION, with reads and writes that overlap:
Linux kernel AIO, through the linux_aio library.

  --depth N         blocks that are read or written at once (default 8)
  --block-size N    bytes of one read and one write, as 65536, 64K or 1M
                    (default 1M); with O_DIRECT it is rounded up to what the
                    files need
  --auto            O_DIRECT where the kernel says that a file can do it, the
                    page cache elsewhere (default)
  --direct          O_DIRECT for both files; an error where that is impossible
  --buffered        the page cache for both files
  --in-place        write into DESTINATION, which must exist (see below)
  -h, --help        show this help

DESTINATION appears when it is complete: the data is written under a temporary
name (.copy-XXXXXX) in the same folder, made durable, and renamed. An existing
DESTINATION is replaced; if it is a symbolic link, the file that it leads to. If
it is a folder, the copy has the name of SOURCE in it. After an error, SIGINT
(Ctrl-C), SIGTERM or SIGHUP nothing is left behind.

The copy has the permissions of SOURCE (rwxrwxrwx), and holes where SOURCE has
holes; the rest is allocated before it is written, so that a full disk shows at
once. Owner, times and extended attributes are not copied.

With --in-place the blocks that DESTINATION already has are overwritten, which
is what to measure a disk with: writes into new blocks are slower. Holes of
SOURCE are written as zeros, and DESTINATION keeps its permissions. A copy that
fails or is interrupted leaves DESTINATION partly overwritten.

SOURCE is as long as its size says at the beginning: a file of /proc, which does
not say, is refused, and what is added meanwhile is not copied. If SOURCE is
changed meanwhile, a warning says so; if it becomes shorter than what is yet to
be read, the copy fails.

Under "bazel run" relative paths begin at the folder where bazel was called.

Exit status: 0 if all is copied, 1 if that failed, 2 if the command line is
wrong; by SIGINT, SIGTERM or SIGHUP the program ends as by that signal.
)";

namespace {

constexpr std::uint64_t most_depth = 4096;
constexpr std::uint64_t most_memory = 1ULL << 30;

// The arguments, read from left to right. An option's value is the part after '=' or the next
// argument.
class Reader {
 public:
  explicit Reader(std::span<const char* const> arguments) : arguments_(arguments) {}

  Outcome<Options> read() {
    while (error_.empty() && !options_.help && !arguments_.empty()) {
      const std::string_view argument = take();
      if (argument.size() < 2 || !argument.starts_with('-') || only_paths_) {
        paths_.emplace_back(argument);
      } else {
        option(argument);
      }
    }
    if (error_.empty() && !options_.help) check();
    if (!error_.empty()) return std::unexpected(error_);
    return options_;
  }

 private:
  const char* take() {
    const char* const argument = arguments_.front();
    arguments_ = arguments_.subspan(1);
    return argument;
  }

  void option(std::string_view argument) {
    const std::size_t equals = argument.find('=');
    const std::string name(argument.substr(0, equals));
    std::optional<std::string> value;
    if (equals != std::string_view::npos) value = argument.substr(equals + 1);
    if (name == "--depth") {
      options_.depth = static_cast<std::uint32_t>(number(name, value, most_depth));
    } else if (name == "--block-size") {
      options_.block_size = static_cast<std::size_t>(number(name, value, most_memory));
    } else {
      flag(name);
      if (value && error_.empty()) error_ = format("option '%s' takes no value", name.c_str());
    }
  }

  void flag(const std::string& name) {
    if (name == "--auto") {
      options_.mode = IoMode::automatic;
    } else if (name == "--direct") {
      options_.mode = IoMode::direct;
    } else if (name == "--buffered") {
      options_.mode = IoMode::buffered;
    } else if (name == "--in-place") {
      options_.in_place = true;
    } else if (name == "--help" || name == "-h") {
      options_.help = true;
    } else if (name == "--") {
      only_paths_ = true;
    } else {
      error_ = format("unknown option '%s'", name.c_str());
    }
  }

  // The value of an option, from 1 to `most`. The error is kept, and 1 stands in.
  std::uint64_t number(const std::string& name, std::optional<std::string> value,
                       std::uint64_t most) {
    if (!value && !arguments_.empty()) value = take();
    const Outcome<std::uint64_t> size = parse_size(value.value_or(""));
    if (!value) {
      error_ = format("option '%s' needs a value", name.c_str());
    } else if (!size) {
      error_ = format("%s: %s", name.c_str(), size.error().c_str());
    } else if (*size < 1 || *size > most) {
      error_ = format("%s: '%s' is not between 1 and %s", name.c_str(), value->c_str(),
                      std::to_string(most).c_str());
    } else {
      return *size;
    }
    return 1;
  }

  void check() {
    if (paths_.size() != 2) {
      error_ = format("expected SOURCE and DESTINATION, but there %s %zu",
                      paths_.size() == 1 ? "is" : "are", paths_.size());
    } else if (paths_[0].empty() || paths_[1].empty()) {
      error_ = "SOURCE and DESTINATION must not be empty";
    } else if (options_.block_size > most_memory / options_.depth) {
      error_ = format("%u blocks of %s need more memory than the %s that this program takes",
                      options_.depth, human_size(options_.block_size).c_str(),
                      human_size(most_memory).c_str());
    } else {
      options_.source = paths_[0];
      options_.destination = paths_[1];
    }
  }

  std::span<const char* const> arguments_;  // those not yet read
  std::vector<std::string> paths_;
  bool only_paths_ = false;
  Options options_;
  std::string error_;
};

// How far a unit shifts a number; nothing if it is none.
std::optional<unsigned> shift_of(std::string_view unit) {
  if (unit.empty()) return 0U;
  const std::string_view rest = unit.substr(1);
  if (!rest.empty() && rest != "iB") return std::nullopt;
  switch (unit.front()) {
    case 'k':
    case 'K':
      return 10U;
    case 'm':
    case 'M':
      return 20U;
    case 'g':
    case 'G':
      return 30U;
    default:
      return std::nullopt;
  }
}

}  // namespace

Outcome<std::uint64_t> parse_size(const std::string& text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const bool too_large = error == std::errc::result_out_of_range;
  if (error != std::errc() && !too_large) {
    return std::unexpected(format("'%s' is not a number", text.c_str()));
  }
  const std::optional<unsigned> shift = shift_of({rest, end});
  if (!shift) {
    return std::unexpected(format("'%s' is not a number with an optional K, M or G", text.c_str()));
  }
  if (too_large || number > std::numeric_limits<std::uint64_t>::max() >> *shift) {
    return std::unexpected(format("'%s' is too large", text.c_str()));
  }
  return number << *shift;
}

Outcome<Options> parse_options(std::span<const char* const> arguments) {
  return Reader(arguments).read();
}

}  // namespace copy
