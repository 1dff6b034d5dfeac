"""linux_aio_library: how this repository's own C++ is compiled, here and elsewhere."""

load("@rules_cc//cc:defs.bzl", "cc_library")

# After the flags of the build: a .cpp of ours compiles as it was tested.
_COPTS = [
    "-std=c++23",
    "-fno-exceptions",
    "-fno-rtti",
    "-D_FILE_OFFSET_BITS=64",  # or fstat() and lseek() fail on large files where long has 32 bits
]

def _include_path_impl(ctx):
    path = "/".join([part for part in [ctx.label.package, ctx.attr.folder] if part not in ["", "."]])
    return [CcInfo(compilation_context = cc_common.create_compilation_context(
        includes = depset([path]),
    ))]

# cc_library has -isystem for a folder, which hides our own warnings, and
# strip_include_prefix, which puts a link into every message instead of the file.
_include_path = rule(
    implementation = _include_path_impl,
    attrs = {"folder": attr.string(mandatory = True)},
    doc = "-I for a folder of the main repository.",
)

def linux_aio_library(name, include_root, copts = [], deps = [], **kwargs):
    """A cc_library whose warnings are ours to see and nobody else's.

    In our own build the headers are found through -I, so that .bazelrc's warnings
    apply to them. In a consumer's build they are system headers, whose warnings no
    compiler reports, however strict the consumer is; nor does it for our sources.

    Args:
      name: of the library.
      include_root: the folder, relative to this package, that #include <linux_aio/...> starts from;
        "." is the package's own.
      copts: for the library's own sources, after those that all have.
      deps: as for cc_library.
      **kwargs: as for cc_library.
    """
    if native.repository_name() == "@":
        _include_path(
            name = name + "_include_path",
            folder = include_root,
            visibility = ["//visibility:private"],
        )
        deps = deps + [name + "_include_path"]
    else:
        kwargs["includes"] = [include_root]
        copts = copts + ["-w"]
    cc_library(
        name = name,
        copts = _COPTS + copts,
        deps = deps,
        **kwargs
    )
