#!/bin/sh
# check.sh RIGHT MISTAKE MESSAGE...: judges two logs of compile.sh. RIGHT must have
# compiled without a word, MISTAKE must not have compiled and must contain each MESSAGE.
right=$1
mistake=$2
shift 2

status() { head -n 1 "$1"; }
output() { tail -n +2 "$1"; }

# fail LOG WHAT
fail() {
	printf 'FAILED: %s\n--- what the compiler said ---\n' "$2"
	output "$1"
	exit 1
}

[ $# -gt 0 ] || fail "$mistake" "no message is expected, so any error would do"
[ "$(status "$right")" -eq 0 ] || fail "$right" "without the mistake it must compile, and does not"
[ -z "$(output "$right")" ] || fail "$right" "without the mistake it must compile without a warning"
[ "$(status "$mistake")" -ne 0 ] || fail "$mistake" "the mistake compiles"
for message; do
	output "$mistake" | grep -qF -e "$message" ||
		fail "$mistake" "the mistake does not compile, but not for the reason expected: $message"
done
printf 'The compiler refuses the mistake:\n'
output "$mistake"
