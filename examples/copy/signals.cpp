#include "examples/copy/signals.hpp"

#include <csignal>
#include <cstdlib>
#include <initializer_list>

namespace copy {
namespace {

// The one global of the program: a signal handler has no other way to tell.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::sig_atomic_t noted_signal = 0;

void note(int signal) { noted_signal = signal; }

}  // namespace

void note_interrupts() noexcept {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct ::sigaction action{};
    ::sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN) continue;
    action = {};
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;
    ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() noexcept { return noted_signal != 0; }

void die_by_interrupt() noexcept {
  const int signal = noted_signal;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::_Exit(128 + signal);  // only if the signal is blocked
}

}  // namespace copy
