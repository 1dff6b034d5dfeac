// How a program of the benchmarks ends early.
#pragma once

#include <string>

namespace bench {

// The program's exit status where what it is to measure cannot be had on this machine.
constexpr int not_here = 3;

// Ends the program with status 1: "NAME: what" on standard error.
[[noreturn]] void fail(const std::string& what);

// The same, with the words of an errno.
[[noreturn]] void fail(const std::string& what, int error);

// Ends the program with status 2: "NAME: what", and a hint at --help.
[[noreturn]] void refuse(const std::string& what);

}  // namespace bench
