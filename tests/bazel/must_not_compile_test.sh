#!/bin/sh
# The must-not-compile rule must fail where a case proves nothing.
set -u
compile=bazel/must_not_compile/compile.sh
check=bazel/must_not_compile/check.sh
failures=0

# log NAME STATUS OUTPUT: what compile.sh writes for a compiler that ends so.
log() { "$compile" "$1" sh -c "printf '%s' \"\$1\"; exit $2" sh "$3"; }

# expect STATUS SENTENCE LOG LOG MESSAGE...
expect() {
	want=$1 sentence=$2
	shift 2
	output=$("$check" "$@")
	got=$?
	case $got:$output in
	"$want":*"$sentence"*) ;;
	*)
		printf 'check %s\n  want %s, "%s"\n  got %s, "%s"\n' "$*" "$want" "$sentence" "$got" "$output"
		failures=$((failures + 1))
		;;
	esac
}

log compiles 0 ''
log warns 0 'warning: unused'
log refuses 1 'error: a read needs a buffer
note: call .into(buffer)'

expect 0 'refuses the mistake' compiles refuses 'needs a buffer'
expect 0 'refuses the mistake' compiles refuses 'needs a buffer' 'call .into(buffer)'
expect 1 'the mistake compiles' compiles compiles 'needs a buffer'
expect 1 'the mistake compiles' compiles warns 'unused'
expect 1 'not for the reason expected: align' compiles refuses 'align'
expect 1 'not for the reason expected: align' compiles refuses 'needs a buffer' 'align'
expect 1 'not for the reason expected: .*' compiles refuses '.*'
expect 1 'a read needs a buffer' compiles refuses 'align'
expect 1 'it must compile, and does not' refuses refuses 'needs a buffer'
expect 1 'without a warning' warns refuses 'needs a buffer'
expect 1 'no message is expected' compiles refuses

# A compiler that is not there or is killed says nothing about the source.
"$compile" absent ./no_such_compiler 2>/dev/null && failures=$((failures + 1))
# shellcheck disable=SC2016 # $$ is the inner shell's
"$compile" killed sh -c 'kill -9 $$' 2>/dev/null && failures=$((failures + 1))
[ ! -e absent ] && [ ! -e killed ] || failures=$((failures + 1))

[ "$failures" -eq 0 ]
