#include "tests/examples/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <linux_aio/file.hpp>
#include <random>
#include <stdexcept>

namespace examples_test {
namespace {

// What goes wrong here is no finding about the program under test.
void require(bool good, const std::string& what) {
  if (!good) throw std::runtime_error("the test cannot " + what);
}

linux_aio::File open(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  require(descriptor >= 0, "open " + path);
  return linux_aio::File(descriptor);
}

}  // namespace

Folder::Folder() {
  const char* const base = std::getenv("TEST_TMPDIR");
  path_ = std::string(base != nullptr ? base : "/tmp") + "/examples_test-XXXXXX";
  require(::mkdtemp(path_.data()) != nullptr, "make a folder like " + path_);
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::set<std::string> Folder::names() const {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

std::string pattern(std::size_t size) {
  std::mt19937 random;
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(1 + random() % 255);
  return bytes;
}

void write_file(const std::string& path, const std::string& content) {
  const linux_aio::File file = open(path, O_WRONLY | O_CREAT | O_TRUNC);
  write_at(path, 0, content);
}

void write_at(const std::string& path, std::uint64_t offset, const std::string& content) {
  const linux_aio::File file = open(path, O_WRONLY);
  const ::ssize_t written =
      ::pwrite(file.number(), content.data(), content.size(), static_cast<::off_t>(offset));
  require(written == static_cast<::ssize_t>(content.size()), "write " + path);
}

void make_hole(const std::string& path, std::uint64_t size) {
  const linux_aio::File file = open(path, O_WRONLY | O_CREAT | O_TRUNC);
  require(::ftruncate(file.number(), static_cast<::off_t>(size)) == 0, "set the size of " + path);
}

std::string read_file(const std::string& path) {
  const linux_aio::File file = open(path, O_RDONLY);
  std::string content(static_cast<std::size_t>(status_of(path).st_size), '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ::ssize_t got = ::read(file.number(), content.data() + done, content.size() - done);
    require(got > 0, "read " + path);
    done += static_cast<std::size_t>(got);
  }
  return content;
}

bool has_content(const std::string& path, const std::string& content) {
  return read_file(path) == content;
}

struct ::stat status_of(const std::string& path) {
  struct ::stat status{};
  require(::stat(path.c_str(), &status) == 0, "look at " + path);
  return status;
}

std::uint64_t allocated(const std::string& path) {
  constexpr std::uint64_t unit = 512;  // of st_blocks, whatever st_blksize is
  return static_cast<std::uint64_t>(status_of(path).st_blocks) * unit;
}

bool copy_has_begun(const Folder& folder) {
  const std::set<std::string> names = folder.names();
  return std::ranges::any_of(names, [&](const std::string& name) {
    return name.starts_with(".copy-") && allocated(folder / name) != 0;
  });
}

bool has_direct_io(const Folder& folder) {
  const std::string path = folder / "direct-io-probe";
  write_file(path, "");
  const auto alignment = open(path, O_RDONLY).direct_io();
  ::unlink(path.c_str());
  return alignment && alignment->reported;
}

void say_skipped(const std::string& what) { std::printf("SKIPPED: %s\n", what.c_str()); }

}  // namespace examples_test
