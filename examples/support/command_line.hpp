// What an example's main() begins with: --help, options, and the folder that its user is in.
#pragma once

#include <cstddef>
#include <linux_aio/error.hpp>
#include <string>
#include <utility>
#include <vector>

namespace support {

/// Ends the program: "NAME: what" on standard error, exit status 1.
[[noreturn]] void die(const std::string& what);

/// The value of `result`; without one, ends the program with "NAME: about: the error's message".
template <class T>
T value_or_die(linux_aio::Result<T> result, const std::string& about) {
  if (!result) die(about + ": " + result.error().message());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// The arguments of the program. Each function ends the program with status 2 and a hint where they
/// are not as they should be.
class CommandLine {
 public:
  /// Goes to the folder of the caller, which "bazel run" leaves. With --help, prints `help` and
  /// ends the program.
  CommandLine(int argc, char** argv, const char* name, const char* help);

  /// Takes "--option N" or "--option=N", with N from 1 to `most`; `standard` if it is not there.
  [[nodiscard]] std::size_t number(const std::string& option, std::size_t standard,
                                   std::size_t most);

  /// Takes "--option"; whether it is there.
  [[nodiscard]] bool flag(const std::string& option);

  /// The arguments that are left: from `least` to `most` of them, and none an option.
  [[nodiscard]] std::vector<std::string> operands(std::size_t least, std::size_t most);

 private:
  std::vector<std::string> arguments_;
};

}  // namespace support
