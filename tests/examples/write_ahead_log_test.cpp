// examples/write_ahead_log: what was acknowledged is there, whatever happens.

#include <catch2/catch_all.hpp>
#include <csignal>
#include <string>

#include "tests/examples/files.hpp"
#include "tests/examples/program.hpp"

namespace {

using examples_test::Ending;
using examples_test::Folder;

constexpr std::size_t page_size = 4096;

std::string lines(const std::string& name, std::size_t count) {
  std::string text;
  for (std::size_t line = 0; line < count; ++line) {
    text += name + " " + std::to_string(line) + std::string(line * 37 % 500, '.') + "\n";
  }
  return text;
}

// Appends `text` to folder/log, which must succeed.
std::string append(const Folder& folder, const std::string& text,
                   const std::string& transactions = "64") {
  examples_test::write_file(folder / "input", text);
  const Ending ending = examples_test::run(
      {"append", "--transactions", transactions, folder / "log"}, {.input = folder / "input"});
  CAPTURE(ending.errors);
  REQUIRE(ending.exit_status == 0);
  return ending.output;
}

Ending read(const Folder& folder) { return examples_test::run({"read", folder / "log"}); }

// The records of folder/log, which must be readable.
std::string records_in(const Folder& folder) {
  const Ending ending = read(folder);
  CAPTURE(ending.errors);
  REQUIRE(ending.exit_status == 0);
  return ending.output;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t syncs_in(const std::string& output) {
  return std::stoul(output.substr(output.find(" and ") + 5));
}

}  // namespace

TEST_CASE("records are read back as they were appended, by one run and by another") {
  const Folder folder;
  const std::string first = lines("first", 1000);
  const std::string second = "\n" + lines("second", 10) + std::string(4072, 'x') + "\n";
  CHECK(contains(append(folder, first), "1000 records durable after "));
  append(folder, second);
  append(folder, "");
  const Ending ending = read(folder);
  CHECK(ending.output == first + second);
  CHECK(ending.errors.empty());
}

TEST_CASE("transactions that wait at the same time share a sync, one alone has its own") {
  const Folder folder;
  CHECK(syncs_in(append(folder, lines("alone", 100), "1")) == 100);
  const std::size_t shared = syncs_in(append(folder, lines("together", 1000), "50"));
  CHECK(shared < 60);
  CHECK(shared >= 20);
}

TEST_CASE("every record that was acknowledged before a kill is there after it") {
  const Folder folder;
  examples_test::write_file(folder / "input", lines("record", 50'000));
  examples_test::write_file(folder / "log", "");
  const auto has_ten_pages = [&] {
    const std::string log = examples_test::read_file(folder / "log");
    return log.size() > 10 * page_size && log[10 * page_size] != '\0';
  };
  const Ending killed = examples_test::run_with(
      {.when = has_ten_pages, .what = [](const auto& program) { program.send(SIGKILL); }},
      {"append", "--transactions=8", "--acknowledge", folder / "log"}, {.input = folder / "input"});
  REQUIRE(killed.signal == SIGKILL);
  REQUIRE(!killed.output.empty());
  const std::string records = records_in(folder);
  CHECK(records.starts_with(killed.output));
  append(folder, "afterwards\n");
  CHECK(records_in(folder) == records + "afterwards\n");
}

TEST_CASE("a damaged page ends the log, and what lies behind it does not come back") {
  const Folder folder;
  append(folder, lines("record", 1), "1");
  append(folder, "lost\n");
  append(folder, "behind\n");
  examples_test::write_at(folder / "log", page_size + 100, "damage");
  const Ending ending = read(folder);
  CHECK(ending.output == "record 0\n");
  CHECK(contains(ending.errors, "what follows page 1 is damaged"));
  append(folder, "instead\n");
  CHECK(records_in(folder) == "record 0\ninstead\n");
}

TEST_CASE("what an older log left does not come back, even behind the same record") {
  const Folder folder;
  append(folder, "first\n");
  append(folder, "second\n");
  examples_test::write_at(folder / "log", 0, std::string(page_size, '\0'));
  append(folder, "first\n");
  CHECK(records_in(folder) == "first\n");
}

TEST_CASE("a log that cannot be written is an error, and nothing is acknowledged") {
  if (!examples_test::can_limit_file_size()) {
    return examples_test::say_skipped(
        "a file size limit: ThreadSanitizer's own start needs larger files");
  }
  const Folder folder;
  examples_test::write_file(folder / "input", lines("record", 100));
  const Ending ending =
      examples_test::run({"append", "--acknowledge", "--transactions=1", folder / "log"},
                         {.in_child =
                              [] {
                                ::signal(SIGXFSZ, SIG_IGN);
                                examples_test::limit_file_size(2 * page_size)();
                              },
                          .input = folder / "input"});
  CHECK(ending.exit_status == 1);
  CHECK(contains(ending.errors, "not durable: "));
  CHECK(contains(ending.errors, "EFBIG"));
  CHECK(records_in(folder) == ending.output);
}

TEST_CASE("a log that is not there, and a wrong command, are errors") {
  const Folder folder;
  CHECK(contains(examples_test::run({"read", folder / "log"}).errors, "ENOENT"));
  CHECK(examples_test::run({"write", folder / "log"}).exit_status == 1);
  CHECK(examples_test::run({"read"}).exit_status == 2);
  CHECK(contains(examples_test::run({"--help"}).output, "Usage: write_ahead_log"));
}
