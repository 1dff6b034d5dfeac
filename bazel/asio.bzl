"""Asio, without Boost, as the machine has it: its header files, as one library.

Only examples/asio_loop needs it. Where it is missing, what depends on it is
incompatible: Bazel skips it in a build or test of //..., and says so.
"""

load(":find_library.bzl", "missing_library")

_THERE = """\
load("@rules_cc//cc:defs.bzl", "cc_library")

cc_library(
    name = "asio",
    hdrs = ["asio.hpp"] + glob(["asio/**"]),
    defines = [
        "ASIO_DISABLE_FENCED_BLOCK",  # for several threads in one loop; unknown to ThreadSanitizer
        "ASIO_HAS_CO_AWAIT",  # which Debian 12's does not see of clang
        "ASIO_STANDALONE",
    ],
    includes = ["."],
    linkopts = ["-pthread"],
    visibility = ["//visibility:public"],
)
"""

def _asio_impl(repository_ctx):
    prefix = repository_ctx.os.environ.get("LINUX_AIO_ASIO_PREFIX", "/usr")
    include = repository_ctx.path(prefix + "/include")
    there = include.get_child("asio.hpp").exists
    if there:
        for name in ["asio.hpp", "asio"]:
            repository_ctx.symlink(include.get_child(name), name)
    repository_ctx.file("BUILD.bazel", _THERE if there else missing_library("asio"))

asio_repository = repository_rule(
    implementation = _asio_impl,
    configure = True,
    doc = "Asio from LINUX_AIO_ASIO_PREFIX, or else /usr.",
    environ = ["LINUX_AIO_ASIO_PREFIX"],
    local = True,
)
