#include "examples/copy/copy_file.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <linux_aio/context.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "examples/copy/destination.hpp"
#include "examples/copy/endpoint.hpp"
#include "examples/copy/extents.hpp"
#include "examples/copy/pipeline.hpp"
#include "examples/copy/progress.hpp"

namespace copy {

namespace aio = linux_aio;

namespace {

constexpr ::mode_t permissions = 0777;

// Holes stay holes, but not in place: there the destination has old data where they would be.
Outcome<std::vector<Extent>> extents_to_copy(const Endpoint& source, bool in_place,
                                             std::uint64_t alignment) {
  std::vector<Extent> extents;
  if (!in_place) {
    auto data = data_extents(source.file, source.size());
    if (!data) return cannot("look for holes in", source.path, data.error());
    extents = std::move(*data);
  } else if (source.size() != 0) {
    extents.push_back({0, source.size()});
  }
  return align_extents(extents, alignment);
}

std::size_t block_size_for(const Options& options, std::uint64_t alignment) {
  const auto size = static_cast<std::size_t>(align_up(options.block_size, alignment));
  if (size != options.block_size) {
    std::printf("block size rounded up from %zu to %zu: O_DIRECT needs a multiple of %" PRIu64 "\n",
                options.block_size, size, alignment);
  }
  return size;
}

void warn_if_changed(const Endpoint& source) {
  struct ::stat now{};
  const struct ::stat& then = source.status;
  if (::fstat(source.file.number(), &now) != 0) return;
  if (now.st_size == then.st_size && now.st_mtim.tv_sec == then.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == then.st_mtim.tv_nsec) {
    return;
  }
  std::fprintf(stderr,
               "copy: warning: '%s' was changed while it was copied; these are the %" PRIu64
               " bytes that it had at the beginning, some old and some new\n",
               source.path.c_str(), source.size());
}

const char* ways(const Endpoint& source, const Endpoint& destination) {
  if (source.direct) return destination.direct ? "O_DIRECT" : "O_DIRECT reads, buffered writes";
  return destination.direct ? "buffered reads, O_DIRECT writes" : "buffered";
}

void print_summary(const Job& job, std::uint64_t data, double seconds,
                   const aio::Statistics& statistics) {
  const std::uint64_t size = job.source.size();
  std::printf("%" PRIu64 " bytes (%s) in %.2f s: %.1f MiB/s\n", size, human_size(size).c_str(),
              seconds, mebibytes_per_second(data, seconds));
  if (data != size) {
    std::printf("%s of it data, %s holes\n", human_size(data).c_str(),
                human_size(size - data).c_str());
  }
  std::printf("%" PRIu64 " requests in %" PRIu64 " io_submit calls; depth %u, blocks of %s, %s\n",
              statistics.accepted, statistics.io_submit_calls, job.depth,
              human_size(job.block_size).c_str(), ways(job.source, job.destination));
}

// Everything that changes the destination.
Outcome<> transfer(const Job& job, Destination& destination, aio::Context& context,
                   Progress& progress) {
  const std::uint64_t size = job.source.size();
  if (Outcome<> reserved = destination.reserve(job.extents, align_up(size, job.alignment));
      !reserved) {
    return reserved;
  }
  if (Outcome<> copied = Pipeline(context, job, progress).run(); !copied) return copied;
  return destination.publish(context, size, job.source.status.st_mode & permissions);
}

}  // namespace

Outcome<> copy_file(const Options& options) {
  Outcome<Endpoint> source = open_source(options.source);
  if (!source) return std::unexpected(source.error());
  if (Outcome<> chosen = choose_io(*source, options.mode); !chosen) return chosen;
  Outcome<Destination> destination = Destination::open(options, *source);
  if (!destination) return std::unexpected(destination.error());

  const aio::DirectIo& from = source->alignment;
  const aio::DirectIo& to = destination->endpoint().alignment;
  const std::uint64_t alignment = std::max(from.offset_alignment, to.offset_alignment);
  const auto extents = extents_to_copy(*source, options.in_place, alignment);
  if (!extents) return std::unexpected(extents.error());
  const Job job{.source = *source,
                .destination = destination->endpoint(),
                .extents = *extents,
                .block_size = block_size_for(options, alignment),
                .depth = options.depth,
                .alignment = alignment,
                .memory_alignment = std::max(from.memory_alignment, to.memory_alignment)};

  auto context = aio::Context::create({.capacity = options.depth});
  if (!context) return std::unexpected(context.error().message());
  const std::uint64_t data = bytes_in(*extents, source->size());
  std::optional<Progress> progress(std::in_place, stdout, data);
  if (Outcome<> done = transfer(job, *destination, *context, *progress); !done) {
    if (!options.in_place) return done;
    return std::unexpected(done.error() + "; '" + job.destination.path +
                           "' may be partly overwritten");
  }
  const double seconds = progress->seconds();
  progress.reset();  // makes room for the summary
  warn_if_changed(*source);
  print_summary(job, data, seconds, context->statistics());
  return {};
}

}  // namespace copy
