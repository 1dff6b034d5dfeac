// Where the copy goes: a temporary file that becomes the destination, or the destination itself.
#pragma once

#include <cstdint>
#include <linux_aio/context.hpp>
#include <span>
#include <string>

#include "examples/copy/endpoint.hpp"
#include "examples/copy/extents.hpp"
#include "examples/copy/options.hpp"
#include "examples/copy/text.hpp"

namespace copy {

/// A file that exists only while this object does.
class TemporaryFile {
 public:
  TemporaryFile() = default;
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
  TemporaryFile(TemporaryFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  TemporaryFile& operator=(TemporaryFile&&) = delete;

  /// Removes the file, if there is one.
  ~TemporaryFile();

  [[nodiscard]] bool exists() const { return !path_.empty(); }

  /// Makes it permanent under another name, in place of whatever has that name.
  [[nodiscard]] Outcome<> rename(const std::string& to);

 private:
  std::string path_;
};

/// The file that is written.
class Destination {
 public:
  /// Opens what `options` say, for a copy of `source`.
  [[nodiscard]] static Outcome<Destination> open(const Options& options, const Endpoint& source);

  [[nodiscard]] Endpoint& endpoint() { return endpoint_; }

  /// Prepares the file for writes to `extents`, and for `size` bytes at least. In a temporary file
  /// the extents are allocated: a full disk shows now, and the writes find their blocks.
  [[nodiscard]] Outcome<> reserve(std::span<const Extent> extents, std::uint64_t size);

  /// Ends a copy of `size` bytes: cuts off what was padded, makes all durable, and gives a
  /// temporary file the destination's name and the permissions `mode`.
  [[nodiscard]] Outcome<> publish(linux_aio::Context& context, std::uint64_t size, ::mode_t mode);

 private:
  Destination(Endpoint endpoint, TemporaryFile temporary)
      : endpoint_(std::move(endpoint)), temporary_(std::move(temporary)) {}

  static Outcome<Destination> open_in_place(const std::string& path);
  static Outcome<Destination> open_temporary(const std::string& path);

  Endpoint endpoint_;  // its path is the destination's, whatever the temporary name
  TemporaryFile temporary_;
};

}  // namespace copy
