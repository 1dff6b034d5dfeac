#!/bin/sh
# compile.sh LOG COMMAND...: runs the command and writes LOG: its exit status on the
# first line, then all that it printed. That it failed is a result, to be kept like any other.
log=$1
shift
output=$("$@" 2>&1)
status=$?
if [ "$status" -ge 126 ]; then # not to be run, or killed: nothing to do with the source
	printf '%s\n' "$output" >&2
	exit "$status"
fi
printf '%s\n%s\n' "$status" "$output" >"$log"
