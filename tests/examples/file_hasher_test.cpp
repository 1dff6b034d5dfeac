// examples/file_hasher: the same checksums as cksum(1), whatever the sizes and the threads.

#include <array>
#include <catch2/catch_all.hpp>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "examples/support/checksum.hpp"
#include "tests/examples/files.hpp"
#include "tests/examples/program.hpp"

namespace {

using examples_test::Ending;
using examples_test::Folder;

constexpr std::size_t block_size = 262'144;

// Files of all sizes around those of blocks.
std::vector<std::string> make_files(const Folder& folder) {
  std::vector<std::string> paths;
  for (const std::size_t size : {0UL, 1UL, 4096UL, block_size - 1, block_size, block_size + 1,
                                 2 * block_size, 2 * block_size + 1, 9 * block_size + 777}) {
    paths.push_back(folder / std::to_string(size));
    examples_test::write_file(paths.back(), examples_test::pattern(size));
  }
  for (std::size_t count = 0; count < 40; ++count) {
    paths.push_back(folder / ("small" + std::to_string(count)));
    examples_test::write_file(paths.back(), examples_test::pattern(count * 100));
  }
  return paths;
}

std::string output_of_cksum(const std::vector<std::string>& paths) {
  std::string command = "cksum";
  for (const std::string& path : paths) command += " " + path;
  std::FILE* const pipe = ::popen(command.c_str(), "r");  // NOLINT(*-env33-c,bugprone-command-*)
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> part{};
  while (const std::size_t got = std::fread(part.data(), 1, part.size(), pipe)) {
    output.append(part.data(), got);
  }
  REQUIRE(::pclose(pipe) == 0);
  return output;
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): it is changed
Ending hash(std::vector<std::string> arguments, const char* threads) {
  arguments.insert(arguments.begin(), threads);
  return examples_test::run(arguments);
}

}  // namespace

TEST_CASE("the checksum is the one that POSIX gives for cksum") {
  CHECK(support::checksum({}) == 4294967295U);
  const std::string digits = "123456789";
  CHECK(support::checksum(std::as_bytes(std::span(digits))) == 930766865U);
}

TEST_CASE("the output is that of cksum, with one thread and with many") {
  const Folder folder;
  const std::vector<std::string> paths = make_files(folder);
  const std::string expected = output_of_cksum(paths);
  for (const char* const threads : {"--threads=1", "--threads=2", "--threads=9"}) {
    CAPTURE(threads);
    const Ending ending = hash(paths, threads);
    CHECK(ending.exit_status == 0);
    CHECK(ending.errors.empty());
    CHECK(ending.output == expected);
  }
}

TEST_CASE("what cannot be read is reported, and the rest is hashed") {
  const Folder folder;
  examples_test::write_file(folder / "file", "123456789");
  const Ending ending = examples_test::run({folder / "none", folder / "file", folder.path()});
  CHECK(ending.exit_status == 1);
  CHECK(ending.output == "930766865 9 " + folder / "file" + "\n");
  CHECK(ending.errors.find("file_hasher: " + folder / "none" + ": ") != std::string::npos);
  CHECK(ending.errors.find(folder.path() + ": no regular file\n") != std::string::npos);
  const Ending hidden = examples_test::run({"/proc/cpuinfo"});
  CHECK(hidden.exit_status == 1);
  CHECK(hidden.errors.find("/proc/cpuinfo: it does not tell its size") != std::string::npos);
  CHECK(examples_test::run({}).exit_status == 2);
}
