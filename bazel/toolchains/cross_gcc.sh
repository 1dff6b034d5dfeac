#!/bin/sh
# Debian's cross compiler for the triplet that this is called by, through a link beside it: or
# one line that says what is missing.
gcc=/usr/bin/${0##*/}
triplet=${0##*/}
triplet=${triplet%-gcc}
[ -x "/usr/bin/$triplet-g++" ] || {
	echo "no cross compiler for $triplet: apt-get install --no-install-recommends g++-$triplet" >&2
	exit 1
}
exec "$gcc" "$@"
