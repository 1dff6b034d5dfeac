#include "examples/copy/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "examples/copy/text.hpp"

namespace copy {
namespace {

using namespace std::chrono_literals;

bool is_terminal(std::FILE* out) {
  const char* const type = std::getenv("TERM");
  return ::isatty(::fileno(out)) != 0 && type != nullptr && std::strcmp(type, "dumb") != 0;
}

// Asked each time, because windows are resized.
std::size_t columns(std::FILE* out) {
  struct ::winsize size{};
  const bool known = ::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col != 0;
  return known ? size.ws_col : 80U;
}

// When the rest of the data will be there; the last bytes are followed by fsync().
std::string outlook(double done, double seconds) {
  if (done <= 0) return {};
  if (done >= 1) return "  syncing";
  const long left = std::lround(std::min(seconds / done - seconds, 359'999.0));
  if (left < 3600) return format("  %ld:%02ld left", left / 60, left % 60);
  return format("  %ld:%02ld:%02ld left", left / 3600, left / 60 % 60, left % 60);
}

}  // namespace

double fraction(std::uint64_t done, std::uint64_t total) {
  return total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
}

double mebibytes_per_second(std::uint64_t bytes, double seconds) {
  return seconds > 0 ? static_cast<double>(bytes) / seconds / (1 << 20) : 0.0;
}

std::string bar_line(std::uint64_t done, std::uint64_t total, double seconds, std::size_t width) {
  const double part = fraction(done, total);
  // Padded, so that the bar keeps its length. Rounded down: 100 % means that all is done.
  const std::string text =
      format("%3d %% %10s of %s  %6.1f MiB/s%-11s", static_cast<int>(part * 100),
             human_size(done).c_str(), human_size(total).c_str(),
             mebibytes_per_second(done, seconds), outlook(part, seconds).c_str());
  constexpr std::size_t shortest_bar = 12;
  constexpr std::size_t longest_bar = 52;
  // So that the "^C" of Ctrl-C begins no new line.
  constexpr std::size_t kept_free = 3;
  const std::size_t used = text.size() + 1 + kept_free;
  if (width < used + shortest_bar) return text.substr(0, width - std::min(width, kept_free));
  std::string bar(std::min(width - used, longest_bar), ' ');
  bar.front() = '[';
  bar.back() = ']';
  const std::size_t inside = bar.size() - 2;
  const auto filled = static_cast<std::size_t>(part * static_cast<double>(inside));
  std::fill_n(bar.begin() + 1, filled, '=');
  if (filled < inside) bar[1 + filled] = '>';
  return bar + " " + text;
}

Progress::Progress(std::FILE* out, std::uint64_t total)
    : out_(out), total_(total), next_(begin_), on_terminal_(is_terminal(out)) {
  if (!on_terminal_) next_ += 1s;
}

Progress::~Progress() {
  if (!drawn_) return;
  std::fputs("\r\x1b[K", out_);
  std::fflush(out_);
}

void Progress::update(std::uint64_t done) {
  const Clock::time_point now = Clock::now();
  const bool about_to_sync = on_terminal_ && done == total_;
  if (now < next_ && !about_to_sync) return;
  const bool shown = on_terminal_ ? draw_bar(done) : print_line(done);
  if (!shown) return;
  next_ = now + (on_terminal_ ? 100ms : 1s);
  std::fflush(out_);
}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - begin_).count();
}

bool Progress::draw_bar(std::uint64_t done) {
  // Cleared after it is drawn over, not before: that would flicker.
  std::fprintf(out_, "\r%s\x1b[K", bar_line(done, total_, seconds(), columns(out_)).c_str());
  drawn_ = true;
  return true;
}

bool Progress::print_line(std::uint64_t done) {
  const double part = fraction(done, total_);
  const int tenths = static_cast<int>(part * 10);
  if (tenths == tenths_) return false;
  tenths_ = tenths;
  std::fprintf(out_, "%d %%: %s of %s, %.1f MiB/s\n", static_cast<int>(part * 100),
               human_size(done).c_str(), human_size(total_).c_str(),
               mebibytes_per_second(done, seconds()));
  return true;
}

}  // namespace copy
