#!/bin/sh
# dies_of_its_bug.sh PROGRAM SOURCE REPORT: PROGRAM must fail and print REPORT and
# the line of SOURCE that is marked as the BUG.
program=$1
source=$2
report=$3
line=$(grep -n '// BUG$' "$source" | cut -d : -f 1)

if output=$("$program" 2>&1); then
	echo "FAILED: $program ended well, so its bug was not seen"
	exit 1
fi
printf '%s\n' "$output"
for expected in "$report" "${source##*/}:$line"; do
	case $output in
	*"$expected"*) ;;
	*)
		echo "FAILED: the report above does not say: $expected"
		exit 1
		;;
	esac
done
