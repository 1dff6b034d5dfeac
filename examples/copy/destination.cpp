#include "examples/copy/destination.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <linux_aio/sync.hpp>
#include <utility>

#include "examples/copy/signals.hpp"

namespace copy {

namespace aio = linux_aio;

namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Where a copy of `source` to `path` really goes: into a folder, and to where a symbolic link
// leads.
Outcome<std::string> resolve(std::string path, const std::string& source) {
  struct ::stat status{};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      path += "/" + name_of(source);
    } else if (Outcome<> regular = check_regular(path, status); !regular) {
      return std::unexpected(std::move(regular).error());  // such as a pipe that is called a link
    }
  }
  if (::lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) return path;
  std::array<char, PATH_MAX> target{};
  if (::realpath(path.c_str(), target.data()) == nullptr) {
    return cannot("follow the link", path, errno);
  }
  return target.data();
}

// A copy may replace a regular file other than its source, and nothing else.
Outcome<> check_replaceable(const std::string& path, const Endpoint& source) {
  struct ::stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return cannot("write", path, errno);
  }
  if (same_file(status, source.status)) {
    return std::unexpected(
        format("'%s' and '%s' are the same file", source.path.c_str(), path.c_str()));
  }
  return check_regular(path, status);
}

// Where the file system cannot allocate without writing zeros, the copy goes on without.
Outcome<> allocate(const Endpoint& endpoint, const Extent& extent) {
  const auto begin = static_cast<::off_t>(extent.begin);
  const auto length = static_cast<::off_t>(extent.end - extent.begin);
  while (::fallocate(endpoint.file.number(), 0, begin, length) != 0) {
    if (errno == EOPNOTSUPP || errno == ENOSYS) return {};
    if (errno != EINTR) return cannot("allocate space for", endpoint.path, errno);
    if (interrupted()) return std::unexpected("interrupted");
  }
  return {};
}

Outcome<> set_size(const Endpoint& endpoint, std::uint64_t size) {
  if (::ftruncate(endpoint.file.number(), static_cast<::off_t>(size)) == 0) return {};
  return cannot("set the size of", endpoint.path, errno);
}

// A new name is durable when its folder is.
Outcome<> sync_folder_of(const std::string& path, aio::Context& context) {
  const std::string folder = folder_of(path);
  aio::Result<aio::File> file = aio::File::open(folder.c_str(), aio::Access::read_only);
  if (!file) return cannot("open", folder, file.error().code());
  const auto [synced] = context.run(aio::fsync(*file));
  // Some file systems have folders that cannot be synced.
  if (synced.result || synced.result.error().code() == EINVAL) return {};
  return cannot("sync", folder, synced.result.error().code());
}

}  // namespace

TemporaryFile::~TemporaryFile() {
  if (exists()) ::unlink(path_.c_str());
}

Outcome<> TemporaryFile::rename(const std::string& to) {
  if (std::rename(path_.c_str(), to.c_str()) != 0) return cannot("replace", to, errno);
  path_.clear();
  return {};
}

Outcome<Destination> Destination::open(const Options& options, const Endpoint& source) {
  const Outcome<std::string> path = resolve(options.destination, options.source);
  if (!path) return std::unexpected(path.error());
  if (Outcome<> allowed = check_replaceable(*path, source); !allowed) {
    return std::unexpected(std::move(allowed).error());
  }
  Outcome<Destination> opened = options.in_place ? open_in_place(*path) : open_temporary(*path);
  if (opened) {
    if (Outcome<> chosen = choose_io(opened->endpoint_, options.mode); !chosen) {
      return std::unexpected(std::move(chosen).error());
    }
  }
  return opened;
}

Outcome<Destination> Destination::open_in_place(const std::string& path) {
  aio::Result<aio::File> file = aio::File::open(path.c_str(), aio::Access::write_only);
  if (!file) return cannot("write", path, file.error().code());
  Outcome<Endpoint> endpoint = make_endpoint(path, std::move(*file));
  if (!endpoint) return std::unexpected(std::move(endpoint).error());
  return Destination(std::move(*endpoint), TemporaryFile());
}

Outcome<Destination> Destination::open_temporary(const std::string& path) {
  std::string name = folder_of(path) + "/.copy-XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) return cannot("create a file in", folder_of(path), errno);
  aio::File file(descriptor);
  TemporaryFile temporary(std::move(name));
  Outcome<Endpoint> endpoint = make_endpoint(path, std::move(file));
  if (!endpoint) return std::unexpected(std::move(endpoint).error());
  return Destination(std::move(*endpoint), std::move(temporary));
}

Outcome<> Destination::reserve(std::span<const Extent> extents, std::uint64_t size) {
  // Written past its size, a file would grow inside io_submit, which then is not asynchronous.
  if (endpoint_.size() < size) {
    if (Outcome<> grown = set_size(endpoint_, size); !grown) return grown;
  }
  if (!temporary_.exists()) return {};
  for (const Extent& extent : extents) {
    if (Outcome<> allocated = allocate(endpoint_, extent); !allocated) return allocated;
  }
  return {};
}

Outcome<> Destination::publish(aio::Context& context, std::uint64_t size, ::mode_t mode) {
  if (Outcome<> cut = set_size(endpoint_, size); !cut) return cut;
  if (temporary_.exists() && ::fchmod(endpoint_.file.number(), mode) != 0) {
    return cannot("set the permissions of", endpoint_.path, errno);
  }
  // A new file's permissions must be durable, too; fdatasync() leaves them out.
  const auto [synced] = context.run(temporary_.exists() ? aio::fsync(endpoint_.file)
                                                        : aio::fdatasync(endpoint_.file));
  if (!synced.result) return cannot("sync", endpoint_.path, synced.result.error().code());
  if (!temporary_.exists()) return {};
  if (interrupted()) return std::unexpected("interrupted");
  if (Outcome<> renamed = temporary_.rename(endpoint_.path); !renamed) return renamed;
  return sync_folder_of(endpoint_.path, context);
}

}  // namespace copy
