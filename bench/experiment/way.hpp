// The ways of reading files that the experiment compares, behind one interface.
#pragma once

#include <cstddef>
#include <expected>
#include <linux_aio/aligned_buffer.hpp>
#include <linux_aio/file.hpp>
#include <memory>
#include <span>
#include <string>

#include "bench/common/fail.hpp"

namespace experiment {

// A file, and where its bytes go. Open all along: only some ways open it anew for each read.
struct Source {
  std::string path;
  bool direct;  // O_DIRECT
  std::size_t size;
  linux_aio::File file;
  linux_aio::AlignedBuffer buffer;  // of `size`, rounded up to what O_DIRECT needs
};

// A way of reading all sources once, each as a whole.
class Way {
 public:
  Way() = default;
  Way(const Way&) = delete;
  Way& operator=(const Way&) = delete;
  virtual ~Way() = default;

  // Begins to read each source. A way that cannot but wait has read them when it returns.
  virtual void begin() = 0;

  // Returns when all is read that begin() began.
  virtual void end() = 0;
};

// Why a way cannot be taken here, for a user to read; else the way. The sources outlive it.
using Made = std::expected<std::unique_ptr<Way>, std::string>;

Made make_blocking(std::span<Source> sources);
Made make_pread(std::span<Source> sources);
Made make_thread_pool(std::span<Source> sources, std::size_t threads);
Made make_posix_aio(std::span<Source> sources);
Made make_libaio(std::span<Source> sources);
Made make_io_uring(std::span<Source> sources);
Made make_linux_aio(std::span<Source> sources);

using bench::fail;

// Ends the program unless all of `source` was read. `result` is a count of bytes or -errno.
void expect_whole(const Source& source, long long result);

// Opens, reads and closes the source, as a program does that keeps nothing open.
void open_and_read(Source& source);

}  // namespace experiment
