// The command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "examples/copy/text.hpp"

namespace copy {

/// Past the page cache (O_DIRECT) or through it.
enum class IoMode : std::uint8_t { automatic, direct, buffered };

/// What the command line asks for.
struct Options {
  std::string source;
  std::string destination;
  std::uint32_t depth = 8;                 // blocks under way at once
  std::size_t block_size = 1024UL * 1024;  // bytes of one read and one write
  IoMode mode = IoMode::automatic;
  bool in_place = false;
  bool help = false;  // nothing but --help is wanted; there may be no paths
};

/// What --help prints.
extern const char* const help_text;

/// Reads the arguments that follow the program's name.
[[nodiscard]] Outcome<Options> parse_options(std::span<const char* const> arguments);

/// Reads a number of bytes: digits, then nothing, K, M or G (powers of 1024; also k, KiB and so
/// on).
[[nodiscard]] Outcome<std::uint64_t> parse_size(const std::string& text);

}  // namespace copy
