// Text for people: how the program words its results and its failures.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

namespace copy {

/// A value, or the sentence to print after "copy: ". The program has one way to fail.
template <class T = void>
using Outcome = std::expected<T, std::string>;

/// snprintf() into a string as long as it takes.
[[nodiscard, gnu::format(printf, 1, 2)]] std::string format(const char* pattern, ...);

/// A failure in the words of strerror(3): "cannot open 'a.bin': Permission denied".
[[nodiscard]] std::unexpected<std::string> cannot(const char* verb, const std::string& path,
                                                  int code);

/// A number of bytes with the largest unit that it fills: "512 B", "64.0 KiB", "1.5 GiB".
[[nodiscard]] std::string human_size(std::uint64_t bytes);

}  // namespace copy
