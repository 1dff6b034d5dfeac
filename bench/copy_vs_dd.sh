#!/bin/sh
# How fast //examples:copy is beside dd, and beside what the disk gives.
set -eu

usage() {
	cat <<'END'
Usage: bench/copy_vs_dd.sh [ROUNDS [MEBIBYTES [FOLDER]]]

Overwrites a file with another one, ROUNDS times (7) each in turn, with

  dd     bs=128k iflag=direct oflag=direct conv=notrunc,fdatasync
  copy   --in-place --direct --block-size 128K --depth 32
  fio    reads one and writes the other, each with 16 blocks of 128 KiB at once
         through libaio: what the disk gives (left out if fio is not installed)

and prints the throughput of each, and the medians: that of dd and copy from the
start to the end of the program, that of fio as it says itself. The files
have MEBIBYTES (1024) each, in a new folder in FOLDER (the current one), which
must be on a disk, not on a tmpfs.

COPY=program measures that one; without it //examples:copy is built with -c opt.
END
}

case "${1:-} ${2:-}" in
*[!0-9\ ]*)
	usage
	[ "$1" = --help ] && exit 0 || exit 2
	;;
esac
rounds=${1:-7}
mebibytes=${2:-1024}
folder=$(readlink -f -- "${3:-.}")

if [ -z "${COPY:-}" ]; then
	cd -- "$(dirname -- "$(readlink -f -- "$0")")/.."
	./bazelw build --compilation_mode=opt --noshow_progress //examples:copy
	COPY=bazel-bin/examples/copy
fi
COPY=$(readlink -f -- "$COPY")

work=$(mktemp -d "$folder/copy_vs_dd-XXXXXX")
trap 'rm -rf "$work"' EXIT
exec 3>&2 # a signal may come where standard error is that of a measured program
for signal in HUP INT TERM; do
	# shellcheck disable=SC2064 # the name is wanted as it is now
	trap "echo 'copy_vs_dd.sh: ended by SIG$signal' >&3; exit 1" "$signal"
done
cd -- "$work"

run_dd() { dd if=from of=to bs=128k iflag=direct oflag=direct conv=notrunc,fdatasync; }
run_copy() { "$COPY" --in-place --direct --block-size 128K --depth 32 from to; }
run_fio() {
	fio --ioengine=libaio --direct=1 --bs=128k --iodepth=16 --end_fsync=1 --thread \
		--name=read --filename=from --rw=read --name=write --filename=to --rw=write
}

# fio spends a third of a second on its own setting up.
fio_seconds() { sed -n 's/.*run=[0-9]*-\([0-9]*\)msec$/\1/p' output | sort -n | awk 'END { print $1 / 1000 }'; }

# measure NAME: runs run_NAME, adds its MiB/s to the file NAME and prints it.
measure() {
	begin=$(date +%s.%N)
	"run_$1" >output 2>&1 || {
		status=$?
		cat output >&2
		echo "copy_vs_dd.sh: $1 ended with status $status" >&2
		exit 1
	}
	seconds=$(echo "$begin $(date +%s.%N)" | awk '{ print $2 - $1 }')
	[ "$1" != fio ] || seconds=$(fio_seconds)
	echo "$mebibytes $seconds" | awk '{ printf "%.1f\n", $1 / $2 }' >>"$1"
	printf '  %s %s' "$1" "$(tail -n 1 "$1")"
}

median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

dd if=/dev/urandom of=from bs=1M count="$mebibytes" status=none
dd if=/dev/urandom of=to bs=1M count="$mebibytes" conv=fsync status=none
run_copy >/dev/null || {
	echo "copy_vs_dd.sh: $COPY cannot copy" >&2
	exit 1
}
cmp from to
candidates='dd copy'
if command -v fio >/dev/null; then candidates="$candidates fio"; fi

round=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	printf 'MiB/s, round %d:' "$round"
	for candidate in $candidates; do measure "$candidate"; done
	echo
done
printf 'MiB/s, median: '
for candidate in $candidates; do printf '  %s %s' "$candidate" "$(median "$candidate")"; done
echo
echo "copy / dd: $(echo "$(median copy) $(median dd)" | awk '{ printf "%.2f", $1 / $2 }')"
