// The two ends of a copy: an open file, its name for messages, and the alignment that its I/O
// needs.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <linux_aio/file.hpp>
#include <string>

#include "examples/copy/options.hpp"
#include "examples/copy/text.hpp"

namespace copy {

/// An open regular file.
struct Endpoint {
  std::string path;
  linux_aio::File file;
  struct ::stat status;  // when it was opened
  bool direct = false;   // O_DIRECT is set
  linux_aio::DirectIo alignment = {.memory_alignment = 1, .offset_alignment = 1};

  [[nodiscard]] std::uint64_t size() const { return static_cast<std::uint64_t>(status.st_size); }
};

/// Opens the file to copy: a regular file.
[[nodiscard]] Outcome<Endpoint> open_source(const std::string& path);

/// Takes over a file that was opened as `path`; fails if it is no regular file.
[[nodiscard]] Outcome<Endpoint> make_endpoint(std::string path, linux_aio::File file);

/// Sets O_DIRECT as `mode` wants it, and the alignment with it.
[[nodiscard]] Outcome<> choose_io(Endpoint& endpoint, IoMode mode);

/// Whether both are the same file, under whatever names.
[[nodiscard]] bool same_file(const struct ::stat& left, const struct ::stat& right);

/// Fails, in words, unless `status` is that of a regular file.
[[nodiscard]] Outcome<> check_regular(const std::string& path, const struct ::stat& status);

}  // namespace copy
