#include "examples/copy/endpoint.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "examples/support/open.hpp"

namespace copy {

namespace aio = linux_aio;

Outcome<Endpoint> open_source(const std::string& path) {
  // Looked at before it is opened: opening a FIFO would wait for a writer.
  struct ::stat status{};
  if (::stat(path.c_str(), &status) != 0) return cannot("open", path, errno);
  if (Outcome<> regular = check_regular(path, status); !regular) {
    return std::unexpected(std::move(regular).error());
  }
  aio::Result<aio::File> file = aio::File::open(path.c_str(), aio::Access::read_only);
  if (!file) return cannot("open", path, file.error().code());
  Outcome<Endpoint> source = make_endpoint(path, std::move(*file));
  // The copy would be empty, and a success.
  if (source && source->size() == 0 && support::hides_its_size(source->file)) {
    return std::unexpected(
        format("'%s' does not tell its size, as files in /proc do not", path.c_str()));
  }
  return source;
}

Outcome<Endpoint> make_endpoint(std::string path, aio::File file) {
  struct ::stat status{};
  if (::fstat(file.number(), &status) != 0) return cannot("look at", path, errno);
  if (Outcome<> regular = check_regular(path, status); !regular) {
    return std::unexpected(std::move(regular).error());
  }
  return Endpoint{.path = std::move(path), .file = std::move(file), .status = status};
}

Outcome<> choose_io(Endpoint& endpoint, IoMode mode) {
  if (mode == IoMode::buffered) return {};
  const aio::Result<aio::DirectIo> alignment = endpoint.file.direct_io();
  // Automatic is what is known to work: the kernel must say that it does.
  if (mode == IoMode::automatic && !(alignment && alignment->reported)) return {};
  if (!alignment) return cannot("use O_DIRECT on", endpoint.path, alignment.error().code());
  // The file is open already, and known to be the right one: the flag is added to it. With
  // aio::OpenOptions it can be given at once.
  const int flags = ::fcntl(endpoint.file.number(), F_GETFL);
  if (flags < 0 || ::fcntl(endpoint.file.number(), F_SETFL, flags | O_DIRECT) < 0) {
    if (mode == IoMode::automatic) return {};
    return cannot("use O_DIRECT on", endpoint.path, errno);
  }
  endpoint.alignment = *alignment;
  endpoint.direct = true;
  return {};
}

bool same_file(const struct ::stat& left, const struct ::stat& right) {
  return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

Outcome<> check_regular(const std::string& path, const struct ::stat& status) {
  if (S_ISREG(status.st_mode)) return {};
  const char* const what = S_ISDIR(status.st_mode) ? "a folder" : "not a regular file";
  return std::unexpected(format("'%s' is %s", path.c_str(), what));
}

}  // namespace copy
