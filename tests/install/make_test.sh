#!/bin/bash
# A plain makefile with pkg-config finds the library that was installed, and its programs run.
. tests/install/installed.sh
need make make
need pkg-config pkg-config
installed "$TEST_TMPDIR/moved"
export PKG_CONFIG_PATH=$installed/lib/pkgconfig
command=$(grep -F 'g++ ' README.md | grep -F pkg-config)
cd "$TEST_TMPDIR"

pkg-config --modversion linux_aio
make -f "$here/make/Makefile" SOURCES="$sources"
reads ./safe
reads ./raw

# As the README says it, without a makefile.
cp "$sources/first_program.cpp" program.cpp
bash -euc "$command"
reads ./a.out

rm safe
if said=$(make -f "$here/make/Makefile" SOURCES="$sources" CXXFLAGS=-std=c++20 safe 2>&1); then
	fail "it builds as C++20"
fi
[ "$(grep -c 'error:' <<<"$said")" -eq 2 ] || fail "it says more than it should: $said"
grep -q 'linux_aio needs C++23: compile with -std=c++23' <<<"$said" || fail "it does not say why: $said"
