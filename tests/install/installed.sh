# Sourced by the tests of //:install.
# shellcheck shell=bash disable=SC2034 # variables are for who sources it
set -euo pipefail
here=$PWD/tests/install

fail() {
	echo "FAILED: $*"
	exit 1
}

# need COMMAND PACKAGE: without it the test ends here, visibly.
need() {
	command -v "$1" >/dev/null || {
		echo "SKIPPED: $1 is not installed: apt-get install $2"
		exit 0
	}
}

# installed FOLDER: it is there in $installed, moved after it was installed.
installed() {
	./install --prefix "$TEST_TMPDIR/before"
	mv "$TEST_TMPDIR/before" "$1"
	installed=$1
}

# The programs that consumers build.
sources=$TEST_TMPDIR/sources
mkdir "$sources"
cp tests/consumer/raw.cpp tests/readme/first_program.cpp "$sources"

# reads PROGRAM: it prints the beginning of a file, which it reads with io_submit.
reads() {
	local file=$sources/first_program.cpp
	"$1" "$file" | cmp - <(head -c 4096 "$file") || fail "$1 does not print what is in the file"
}
