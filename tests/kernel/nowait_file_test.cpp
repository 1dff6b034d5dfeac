// RWF_NOWAIT on regular files, which depends on their file system. Measured on Linux 6.18.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <cerrno>
#include <linux_aio/raw.hpp>
#include <memory>

#include "tests/support/descriptor.hpp"
#include "tests/support/direct.hpp"
#include "tests/support/raw_context.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/temporary_file.hpp"

namespace {

namespace raw = linux_aio::raw;
using linux_aio::testing::Descriptor;
using linux_aio::testing::open_direct;
using linux_aio::testing::Page;
using linux_aio::testing::pattern;
using linux_aio::testing::RawContext;
using linux_aio::testing::skip;
using linux_aio::testing::temporary_folder;
using linux_aio::testing::TemporaryFile;

raw::iocb read_nowait(int fd, Page& page) {
  raw::iocb request{};
  raw::prep_pread(request, fd, page.bytes.data(), sizeof page, 0);
  raw::set_rw_flags(request, raw::rwf_nowait);
  return request;
}

raw::iocb write_nowait(int fd, const Page& page, std::int64_t offset) {
  raw::iocb request{};
  raw::prep_pwrite(request, fd, page.bytes.data(), sizeof page, offset);
  raw::set_rw_flags(request, raw::rwf_nowait);
  return request;
}

bool is_on_ext4(const TemporaryFile& file) {
  struct ::statfs status{};
  REQUIRE(::fstatfs(file.fd(), &status) == 0);
  constexpr long ext4_magic = 0xef53;
  if (status.f_type == ext4_magic) return true;
  skip(temporary_folder() + " is not on ext4");
  return false;
}

// Whether the first page of the file is in memory although it was to be dropped.
bool stays_cached(int fd) {
  REQUIRE(::fsync(fd) == 0);
  REQUIRE(::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0);
  void* const memory = ::mmap(nullptr, sizeof(Page), PROT_READ, MAP_SHARED, fd, 0);
  REQUIRE(memory != MAP_FAILED);
  unsigned char resident = 0;
  REQUIRE(::mincore(memory, sizeof(Page), &resident) == 0);
  ::munmap(memory, sizeof(Page));
  if ((resident & 1) == 0) return false;
  skip("the file stayed in memory");
  return true;
}

}  // namespace

TEST_CASE("on ext4, a buffered read with RWF_NOWAIT gives what is cached") {
  const RawContext context;
  const TemporaryFile file(pattern(sizeof(Page)));
  if (!is_on_ext4(file)) return;
  const auto page = std::make_unique<Page>();
  raw::iocb request = read_nowait(file.fd(), *page);
  REQUIRE(context.result_of(request) == sizeof(Page));
}

TEST_CASE("on ext4, a buffered read with RWF_NOWAIT of what is not cached is the result EAGAIN") {
  const RawContext context;
  const TemporaryFile file(pattern(sizeof(Page)));
  if (!is_on_ext4(file) || stays_cached(file.fd())) return;
  const auto page = std::make_unique<Page>();
  raw::iocb request = read_nowait(file.fd(), *page);
  const std::int64_t result = context.result_of(request);
  // The kernel may start to read ahead, and a fast device be done at once.
  if (result == sizeof(Page)) return skip("the device was faster than the kernel looked");
  REQUIRE(result == -EAGAIN);
}

TEST_CASE("on ext4, a buffered write with RWF_NOWAIT is the result EOPNOTSUPP") {
  const RawContext context;
  const TemporaryFile file(pattern(sizeof(Page)));
  if (!is_on_ext4(file)) return;
  const auto page = std::make_unique<Page>();
  raw::iocb request = write_nowait(file.fd(), *page, 0);
  const std::int64_t result = context.result_of(request);
  if (result == sizeof(Page)) return skip("this kernel does it");
  REQUIRE(result == -EOPNOTSUPP);
}

TEST_CASE("on ext4 with O_DIRECT, RWF_NOWAIT reads and overwrites; to extend is EAGAIN") {
  const RawContext context;
  const TemporaryFile file(pattern(sizeof(Page)));
  const auto direct = open_direct(file);
  if (!direct || !is_on_ext4(file) || stays_cached(file.fd())) return;
  const auto page = std::make_unique<Page>();
  raw::iocb request = read_nowait(direct->fd(), *page);
  REQUIRE(context.result_of(request) == sizeof(Page));
  request = write_nowait(direct->fd(), *page, 0);
  REQUIRE(context.result_of(request) == sizeof(Page));
  request = write_nowait(direct->fd(), *page, sizeof(Page));
  REQUIRE(context.result_of(request) == -EAGAIN);
}

TEST_CASE("on ext4 with O_DIRECT, RWF_NOWAIT overwrites nothing that is cached: EAGAIN") {
  const RawContext context;
  const TemporaryFile file(pattern(sizeof(Page)));
  const auto direct = open_direct(file);
  if (!direct || !is_on_ext4(file)) return;
  const auto page = std::make_unique<Page>();
  raw::iocb request = write_nowait(direct->fd(), *page, 0);
  REQUIRE(context.result_of(request) == -EAGAIN);
}

TEST_CASE("tmpfs refuses RWF_NOWAIT at submission, for reads and writes") {
  const RawContext context;
  const Descriptor file(::memfd_create("linux_aio", MFD_CLOEXEC));
  const auto page = std::make_unique<Page>();
  REQUIRE(::write(file.fd(), page->bytes.data(), sizeof(Page)) == sizeof(Page));
  for (raw::iocb request : {read_nowait(file.fd(), *page), write_nowait(file.fd(), *page, 0)}) {
    const long submitted = context.submit({&request});
    if (submitted == 1) return skip("this kernel takes RWF_NOWAIT on tmpfs");
    REQUIRE(submitted == -EOPNOTSUPP);
  }
}
