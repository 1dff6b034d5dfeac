#include "examples/file_hasher/hasher.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "examples/support/command_line.hpp"
#include "examples/support/open.hpp"

namespace file_hasher {

namespace aio = linux_aio;

namespace {

bool is_regular(const aio::File& file) {
  struct ::stat status{};
  return ::fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

void Hasher::run() {
  begin_files();
  while (!readings_.empty()) {
    support::value_or_die(context_.wait(), "waiting");
    std::erase_if(readings_, [](const Reading& reading) {
      return reading.in_flight == 0;  // a file without reads in flight has come to its end
    });
    begin_files();
  }
}

void Hasher::begin_files() {
  while (readings_.size() < files_at_once) {
    const std::size_t index = work_.next++;
    if (index >= work_.paths.size()) return;
    begin_file(index);
  }
}

void Hasher::begin_file(std::size_t index) {
  aio::Result<support::Opened> opened =
      support::open(work_.paths[index], aio::Access::read_only, block_size);
  if (!opened) return end_file(index, std::unexpected(opened.error().message()));
  if (!is_regular(opened->file)) return end_file(index, std::unexpected("no regular file"));
  const aio::Result<std::uint64_t> size = opened->file.size();
  if (!size) return end_file(index, std::unexpected(size.error().message()));
  if (*size == 0 && support::hides_its_size(opened->file)) {
    return end_file(index, std::unexpected("it does not tell its size, as files in /proc do not"));
  }
  if (*size == 0) return end_file(index, support::Checksum());
  begin_reads(readings_.emplace_back(
      Reading{.index = index, .file = std::move(opened->file), .size = *size, .failure = {}}));
}

void Hasher::begin_reads(Reading& reading) {
  while (reading.failure.empty() && reading.in_flight < reads_per_file &&
         reading.begun * block_size < reading.size) {
    const std::uint64_t block = reading.begun;
    if (reading.read[block % reads_per_file]) return;  // the place of one that waits for its turn
    // There are as many buffers, and as much room in the context, as reads.
    const auto accepted = context_.submit(
        aio::read(reading.file).into(*buffers_.acquire()).at(block * block_size),
        [this, &reading, block](Completion done) { on_read(reading, block, std::move(done)); });
    if (!accepted) support::die(accepted.error().error.message());
    ++reading.begun;
    ++reading.in_flight;
  }
}

void Hasher::on_read(Reading& reading, std::uint64_t block, Completion done) {
  --reading.in_flight;
  const std::uint64_t wanted =
      std::min<std::uint64_t>(block_size, reading.size - block * block_size);
  if (!done.result) {
    reading.failure = done.result.error().message();
  } else if (*done.result < wanted) {
    reading.failure = "it has become shorter while it was read";
  } else {
    reading.read[block % reads_per_file].emplace(std::move(done));
    sum(reading);
    begin_reads(reading);
  }
  if (reading.in_flight != 0) return;
  if (reading.failure.empty()) return end_file(reading.index, reading.sum);
  end_file(reading.index, std::unexpected(reading.failure));
}

// Sums the blocks whose turn it is.
void Hasher::sum(Reading& reading) {
  for (;;) {
    auto& next = reading.read[reading.sum.length() / block_size % reads_per_file];
    if (!next) return;
    const std::uint64_t left = reading.size - reading.sum.length();
    const auto bytes = next->bytes();  // more than `left` if the file grows
    const auto part =
        bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size())));
    reading.sum.add(part);
    work_.bytes += part.size();
    next.reset();
  }
}

void Hasher::end_file(std::size_t index, Sum sum) {
  work_.sums[index] = std::move(sum);
  ++work_.done;
}

}  // namespace file_hasher
