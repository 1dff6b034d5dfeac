#!/bin/bash
# A CMake project finds the library that was installed, and its programs run.
. tests/install/installed.sh
need cmake cmake
need make make
# shellcheck disable=SC2016 # Markdown's marks
sed '/^```cmake/,/^```/!d; /^```/d' README.md >"$sources/readme.cmake"
installed "$TEST_TMPDIR/a folder"
build=$TEST_TMPDIR/build

# configure FOLDER: the project that is there.
configure() { cmake -S "$1" -B "$build" -DSOURCES="$sources" -DCMAKE_PREFIX_PATH="$installed"; }

configure "$here/cmake"
cmake --build "$build"
reads "$build/program"
reads "$build/raw"
if nm "$build/raw" | grep 'linux_aio.*Context'; then fail "linux_aio::raw brings the safe layer"; fi

# A version that does not serve is refused.
rm -r "$build"
cp -rL "$here/cmake" "$TEST_TMPDIR/newer"
sed -i 's/linux_aio 0.1/linux_aio 0.2/' "$TEST_TMPDIR/newer/CMakeLists.txt"
if said=$(configure "$TEST_TMPDIR/newer" 2>&1); then fail "version 0.2 is found"; fi
grep -q 'version: 0.1.0' <<<"$said" || fail "it does not say which version there is: $said"
