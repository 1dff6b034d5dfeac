// What the command lines of the benchmarks' programs have in common.
#pragma once

#include <cstddef>
#include <string>

namespace bench {

// The number that the text is. Ends the program with status 2 if it is none from 1.
std::size_t number(const std::string& text);

// For --help and --version.
[[noreturn]] void print_and_exit(const char* text);

// The compiler, and whether it optimised.
extern const char* const build;

}  // namespace bench
