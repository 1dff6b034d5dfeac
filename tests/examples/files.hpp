// Files for the tests: made, read and looked at through plain system calls.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

namespace examples_test {

/// A new folder below TEST_TMPDIR, which is removed with all that is in it.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder(Folder&&) = delete;
  Folder& operator=(const Folder&) = delete;
  Folder& operator=(Folder&&) = delete;
  ~Folder();

  /// The path of the folder, or of `name` in it.
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  /// The names in it, hidden ones included.
  [[nodiscard]] std::set<std::string> names() const;

 private:
  std::string path_;
};

/// `size` bytes that look random, and are the same each time; never a run of zeros.
[[nodiscard]] std::string pattern(std::size_t size);

/// Makes or replaces a file.
void write_file(const std::string& path, const std::string& content);

/// Writes into an existing file at an offset, or past its end.
void write_at(const std::string& path, std::uint64_t offset, const std::string& content);

/// Makes a file of `size` bytes that is one hole.
void make_hole(const std::string& path, std::uint64_t size);

[[nodiscard]] std::string read_file(const std::string& path);

/// Whether a file has exactly this content. Says no more than that: megabytes are no message.
[[nodiscard]] bool has_content(const std::string& path, const std::string& content);

[[nodiscard]] struct ::stat status_of(const std::string& path);

/// The bytes that are allocated to a file, which its holes are not.
[[nodiscard]] std::uint64_t allocated(const std::string& path);

/// Whether a copy into the folder has its temporary file, and the space for what it will write.
[[nodiscard]] bool copy_has_begun(const Folder& folder);

/// Whether the file system of `folder` says how to use O_DIRECT.
[[nodiscard]] bool has_direct_io(const Folder& folder);

/// Says on the test's output what was not tested, and why.
void say_skipped(const std::string& what);

}  // namespace examples_test
