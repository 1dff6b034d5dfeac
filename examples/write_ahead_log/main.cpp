// write_ahead_log: appends records to a log, many transactions at once, and reads them back.
//
// log.cpp is the part to read first: it is where linux_aio is used.

#include <cinttypes>
#include <cstdio>
#include <iostream>
#include <string>

#include "examples/support/command_line.hpp"
#include "examples/support/open.hpp"
#include "examples/write_ahead_log/log.hpp"
#include "examples/write_ahead_log/page.hpp"

namespace {

namespace aio = linux_aio;
namespace wal = write_ahead_log;

constexpr const char* help = R"(Usage: write_ahead_log append [OPTION]... LOG
       write_ahead_log read LOG

append: makes each line of standard input, of 4072 bytes at most, a record at
the end of LOG, which is created if it is not there. Transactions append at the
same time, each a record after the other, and go on when theirs is durable.
Those that wait at the same time share the writes and the fdatasync.

read: prints the records of LOG, as far as they are as they were written.

  --transactions N  that append at the same time (default 64)
  --acknowledge     print each record when it is durable
  -h, --help        show this help
)";

aio::Context make_context() {
  return support::value_or_die(aio::Context::create({.capacity = wal::Log::most_requests}), "AIO");
}

void warn_of_damage(const std::string& path, const wal::End& end) {
  if (!end.damaged) return;
  std::fflush(stdout);
  std::fprintf(stderr,
               "write_ahead_log: warning: %s: what follows page %u is damaged, or was not yet "
               "durable in a crash\n",
               path.c_str(), end.pages);
}

void read(const std::string& path) {
  aio::Context context = make_context();
  const auto log =
      support::value_or_die(support::open(path, aio::Access::read_only, wal::page_size), path);
  const auto print = [](std::string_view record) {
    std::printf("%.*s\n", static_cast<int>(record.size()), record.data());
  };
  warn_of_damage(path, support::value_or_die(wal::recover(context, log.file, print), path));
}

struct Appending {
  std::size_t transactions;
  bool acknowledge;
};

void append_lines(aio::Context& context, wal::Log& log, const Appending& options) {
  std::size_t waiting = 0;
  std::string line;
  for (bool more = true; more || waiting != 0;) {
    while (more && waiting < options.transactions) {
      more = static_cast<bool>(std::getline(std::cin, line));
      if (!more) break;
      if (line.size() > wal::longest_record) support::die("a line is too long for a record");
      ++waiting;
      log.append(line, [&waiting, line, &options](aio::Result<void> durable) {
        --waiting;
        if (!durable) support::die("not durable: " + durable.error().message());
        if (!options.acknowledge) return;
        std::printf("%s\n", line.c_str());
        std::fflush(stdout);
      });
    }
    if (waiting != 0) support::value_or_die(context.wait(), "waiting");
  }
}

void append(const std::string& path, const Appending& options) {
  const auto opened = support::value_or_die(
      support::open(path, aio::Access::read_write, wal::page_size, {.create = true}), path);
  aio::Context context = make_context();
  const wal::End end =
      support::value_or_die(wal::recover(context, opened.file, [](std::string_view) {}), path);
  warn_of_damage(path, end);
  auto pages =
      support::value_or_die(aio::BufferPool::create({.count = wal::Log::most_requests - 1,
                                                     .size = wal::page_size,
                                                     .alignment = opened.memory_alignment}),
                            "memory");
  wal::Log log(context, opened.file, std::move(pages), end);
  append_lines(context, log, options);
  const auto& counts = log.counts();
  std::printf("%" PRIu64 " records durable after %" PRIu64 " page writes and %" PRIu64 " syncs\n",
              counts.records, counts.pages, counts.syncs);
}

}  // namespace

int main(int argc, char** argv) {
  support::CommandLine arguments(argc, argv, "write_ahead_log", help);
  const Appending options{.transactions = arguments.number("--transactions", 64, 1 << 20),
                          .acknowledge = arguments.flag("--acknowledge")};
  const std::vector<std::string> operands = arguments.operands(2, 2);
  if (operands[0] == "append") {
    append(operands[1], options);
  } else if (operands[0] == "read") {
    read(operands[1]);
  } else {
    support::die("'" + operands[0] + "' is neither append nor read");
  }
  return 0;
}
