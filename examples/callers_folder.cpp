#include "examples/callers_folder.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace examples {

bool enter_the_callers_folder(const char* program) {
  const char* const folder = std::getenv("BUILD_WORKING_DIRECTORY");
  if (folder == nullptr || ::chdir(folder) == 0) return true;
  std::fprintf(stderr, "%s: cannot enter BUILD_WORKING_DIRECTORY, '%s'\n", program, folder);
  return false;
}

}  // namespace examples
