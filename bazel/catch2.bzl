"""Catch2 as the machine has it, version 2 or 3, as one library.

@linux_aio_catch2//:main is Catch2 with its main(). Tests include
<catch2/catch_all.hpp>, whichever version is there, and use what both have.
"""

load(":find_library.bzl", "find_library")

_BUILD = """\
load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "main",
    testonly = True,
    srcs = {srcs},
    hdrs = glob(["catch2/**/*.hpp"]),
    copts = ["-w", "-O0"],
    includes = ["."],
    visibility = ["//visibility:public"],
)
"""

_MAIN = """\
#define CATCH_CONFIG_MAIN
#include "catch2/catch.hpp"
"""

_CATCH_ALL = """\
#pragma once
#include "catch.hpp"  // IWYU pragma: export
"""

def _catch2_impl(repository_ctx):
    prefix = repository_ctx.os.environ.get("LINUX_AIO_CATCH2_PREFIX", "/usr")
    include = repository_ctx.path(prefix + "/include/catch2")
    if include.get_child("catch_all.hpp").exists:  # 3, Debian 13 and later: a library
        srcs = ["libCatch2Main.a", "libCatch2.a"]
        for name in srcs:
            library = find_library(repository_ctx, prefix, name)
            if library == None:
                fail("no %s under %s/lib" % (name, prefix))
            repository_ctx.symlink(library, name)
        repository_ctx.symlink(include, "catch2")
    elif include.get_child("catch.hpp").exists:  # 2, Debian 12: a header
        srcs = ["main.cpp"]
        repository_ctx.file("main.cpp", _MAIN)
        repository_ctx.file("catch2/catch_all.hpp", _CATCH_ALL)
        repository_ctx.symlink(include.get_child("catch.hpp"), "catch2/catch.hpp")
    else:
        fail("no Catch2 under %s: apt-get install catch2, or set LINUX_AIO_CATCH2_PREFIX" % prefix)
    repository_ctx.file("BUILD.bazel", _BUILD.format(srcs = srcs))

catch2_repository = repository_rule(
    implementation = _catch2_impl,
    configure = True,
    doc = "Catch2 from LINUX_AIO_CATCH2_PREFIX, or else /usr.",
    environ = ["LINUX_AIO_CATCH2_PREFIX"],
    local = True,
)
