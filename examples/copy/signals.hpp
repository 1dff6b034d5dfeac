// Ctrl-C and its like: noted when they arrive, obeyed when everything is tidied up.
#pragma once

namespace copy {

/// From now on SIGINT, SIGTERM and SIGHUP are noted instead of ending the program, unless they are
/// ignored (nohup). A write past RLIMIT_FSIZE, or to a closed pipe, is an error and no signal.
void note_interrupts() noexcept;

/// Whether one of them has arrived.
[[nodiscard]] bool interrupted() noexcept;

/// Ends the program by the signal that has arrived, so that a shell knows why it ended.
[[noreturn]] void die_by_interrupt() noexcept;

}  // namespace copy
