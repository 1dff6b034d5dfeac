// copy: copies a file through a pipeline of overlapping reads and writes.
//
// pipeline.cpp is the part to read first: it is where linux_aio is used.

#include <cstddef>
#include <cstdio>
#include <span>

#include "examples/callers_folder.hpp"
#include "examples/copy/copy_file.hpp"
#include "examples/copy/options.hpp"
#include "examples/copy/signals.hpp"

namespace {

constexpr int success = 0;
constexpr int failure = 1;
constexpr int wrong_usage = 2;

}  // namespace

int main(int argc, char** argv) {
  const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
  const auto options = copy::parse_options(arguments.subspan(arguments.empty() ? 0 : 1));
  if (!options) {
    std::fprintf(stderr, "copy: %s\nTry --help.\n", options.error().c_str());
    return wrong_usage;
  }
  if (options->help) {
    std::fputs(copy::help_text, stdout);
    return success;
  }
  if (!examples::enter_the_callers_folder("copy")) return failure;
  copy::note_interrupts();
  const auto copied = copy::copy_file(*options);
  if (copied) return success;
  std::fprintf(stderr, "copy: %s\n", copied.error().c_str());
  if (copy::interrupted()) copy::die_by_interrupt();
  return failure;
}
