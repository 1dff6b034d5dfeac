// How far the copy is: a bar on a terminal, now and then a line elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace copy {

/// The part of `done` in `total`, from 0 to 1; 1 if there is nothing to do.
[[nodiscard]] double fraction(std::uint64_t done, std::uint64_t total);

/// "MiB/s" after `seconds`; 0 if no time has passed.
[[nodiscard]] double mebibytes_per_second(std::uint64_t bytes, double seconds);

/// The bar in a line of `width` columns: as much of "[==>   ]  42 %    1.0 GiB of 2.4 GiB ..." as
/// fits.
[[nodiscard]] std::string bar_line(std::uint64_t done, std::uint64_t total, double seconds,
                                   std::size_t width);

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  /// Begins to count the time. `out` is drawn on, with a bar if it is a terminal.
  Progress(std::FILE* out, std::uint64_t total);
  Progress(const Progress&) = delete;
  Progress(Progress&&) = delete;
  Progress& operator=(const Progress&) = delete;
  Progress& operator=(Progress&&) = delete;

  /// Takes the bar away, so that what is printed next begins on an empty line.
  ~Progress();

  /// Shows that `done` bytes are copied, if it is time for that: ten times a second on a terminal,
  /// elsewhere when another tenth is done, but at most once a second.
  void update(std::uint64_t done);

  /// Since the beginning.
  [[nodiscard]] double seconds() const;

 private:
  bool draw_bar(std::uint64_t done);
  bool print_line(std::uint64_t done);  // false: not yet another tenth

  std::FILE* out_;
  std::uint64_t total_;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point next_;  // not to be shown before
  bool on_terminal_;
  bool drawn_ = false;
  int tenths_ = 0;  // of the copy that were reported in lines
};

}  // namespace copy
