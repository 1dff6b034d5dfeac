"""What the benchmarks measure linux_aio beside: libaio and liburing, as the machine has them.

@linux_aio_libaio//:libaio and @linux_aio_liburing//:liburing are static libraries with
LINUX_AIO_BENCH_LIBAIO and LINUX_AIO_BENCH_LIBURING defined. Where one is missing its library
is empty and nothing is defined: a benchmark builds without it, and says that it leaves it out.
"""

load(":find_library.bzl", "find_library")

_THERE = """\
load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "{name}",
    srcs = ["{name}.a"],
    hdrs = glob(["include/**"]),
    defines = ["LINUX_AIO_BENCH_{upper}"],
    includes = ["include"],
    visibility = ["//visibility:public"],
)
"""

_MISSING = """\
load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "{name}",
    visibility = ["//visibility:public"],
)
"""

def _peer_impl(repository_ctx):
    name = repository_ctx.attr.library
    prefix = repository_ctx.os.environ.get("LINUX_AIO_PEERS_PREFIX", "/usr")
    headers = [repository_ctx.path(prefix + "/include/" + header) for header in repository_ctx.attr.headers]
    library = find_library(repository_ctx, prefix, name + ".a")
    there = library != None and all([header.exists for header in headers])
    if there:
        repository_ctx.symlink(library, name + ".a")
        for header in headers:
            repository_ctx.symlink(header, "include/" + header.basename)
    text = _THERE if there else _MISSING
    repository_ctx.file("BUILD.bazel", text.format(name = name, upper = name.upper()))

peer_repository = repository_rule(
    implementation = _peer_impl,
    attrs = {
        "headers": attr.string_list(
            doc = "Files and folders in the prefix's include/.",
            mandatory = True,
        ),
        "library": attr.string(
            doc = "Its name, as in libaio.a.",
            mandatory = True,
        ),
    },
    configure = True,
    doc = "A library from LINUX_AIO_PEERS_PREFIX, or else /usr, if it is there.",
    environ = ["LINUX_AIO_PEERS_PREFIX"],
    local = True,
)
