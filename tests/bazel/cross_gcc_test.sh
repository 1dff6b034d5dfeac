#!/bin/bash
# What a build says whose cross compiler is not there: one line, with the package that has it.
set -u
gcc=$TEST_TMPDIR/pdp11-none-gcc
ln -s "$PWD/bazel/toolchains/cross_gcc.sh" "$gcc"
if said=$("$gcc" -c some.cpp 2>&1); then
	echo "it succeeds, and says: $said"
	exit 1
fi
want="no cross compiler for pdp11-none: apt-get install --no-install-recommends g++-pdp11-none"
[ "$said" = "$want" ] || {
	echo "it should say: $want; it says: $said"
	exit 1
}
