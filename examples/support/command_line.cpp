#include "examples/support/command_line.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "examples/callers_folder.hpp"

namespace support {
namespace {

// NOLINTNEXTLINE(*-non-const-global-variables): what every message begins with
const char* program = "example";

[[noreturn]] void wrong_usage(const std::string& what) {
  std::fprintf(stderr, "%s: %s\nTry --help.\n", program, what.c_str());
  std::exit(2);
}

[[noreturn]] void wrong_number(const std::string& option, const std::string& text,
                               std::size_t most) {
  wrong_usage(option + ": '" + text + "' is no number from 1 to " + std::to_string(most));
}

}  // namespace

void die(const std::string& what) {
  std::fflush(stdout);
  std::fprintf(stderr, "%s: %s\n", program, what.c_str());
  std::exit(1);
}

CommandLine::CommandLine(int argc, char** argv, const char* name, const char* help) {
  program = name;
  const std::span<char*> given(argv, static_cast<std::size_t>(argc));
  for (const char* const argument : given.subspan(given.empty() ? 0 : 1)) {
    arguments_.emplace_back(argument);
    if (arguments_.back() == "--help" || arguments_.back() == "-h") {
      std::fputs(help, stdout);
      std::exit(0);
    }
  }
  if (!examples::enter_the_callers_folder(program)) std::exit(1);
}

std::size_t CommandLine::number(const std::string& option, std::size_t standard, std::size_t most) {
  std::size_t value = standard;
  const std::string assignment = option + "=";
  for (std::size_t at = 0; at < arguments_.size();) {
    const bool separate = arguments_[at] == option;
    if (!separate && !arguments_[at].starts_with(assignment)) {
      ++at;
      continue;
    }
    if (separate && at + 1 == arguments_.size()) wrong_usage(option + " needs a number");
    const std::string text =
        separate ? arguments_[at + 1] : arguments_[at].substr(option.size() + 1);
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || rest != end || value < 1 || value > most) {
      wrong_number(option, text, most);
    }
    const auto first = arguments_.begin() + static_cast<std::ptrdiff_t>(at);
    arguments_.erase(first, first + (separate ? 2 : 1));
  }
  return value;
}

bool CommandLine::flag(const std::string& option) { return std::erase(arguments_, option) != 0; }

std::vector<std::string> CommandLine::operands(std::size_t least, std::size_t most) {
  for (const std::string& argument : arguments_) {
    if (argument.size() > 1 && argument.starts_with('-')) {
      wrong_usage("unknown option '" + argument + "'");
    }
  }
  if (arguments_.size() < least) wrong_usage("an argument is missing");
  if (arguments_.size() > most) wrong_usage("'" + arguments_[most] + "' is too much");
  return arguments_;
}

}  // namespace support
