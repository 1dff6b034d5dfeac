"""linux_aio_bindings: bindings generated at build time from kernel headers of one's own.

    load("@linux_aio//bazel:bindings.bzl", "linux_aio_bindings")

    linux_aio_bindings(
        name = "kernel_bindings",
        abis = ["x86_64", "aarch64"],
        kernel_headers = "@kernel_headers//:all",
    )

They take the place of the checked-in ones, below //:raw and //:linux_aio, with

    build --@linux_aio//:bindings=//third_party:kernel_bindings
"""

load("@rules_cc//cc:defs.bzl", "cc_library")

_HEADER = "linux/aio_abi.h"

def _trees(ctx):
    """The folders in which there are kernel headers."""
    trees = [file.path for file in ctx.files.kernel_headers if file.is_directory]
    for file in ctx.files.kernel_headers:
        if ("/" + file.path).endswith("/" + _HEADER):
            trees.append(file.path[:-len(_HEADER)].rstrip("/") or ".")
    if not trees:
        fail("kernel_headers has no %s among its %d files: give it a tree of kernel headers, such as `make headers_install` makes" % (
            _HEADER,
            len(ctx.files.kernel_headers),
        ))
    return trees

def _generated_bindings_impl(ctx):
    folder = ctx.actions.declare_directory(ctx.attr.folder)
    arguments = ctx.actions.args()
    arguments.add_all(_trees(ctx), before_each = "--headers")
    arguments.add_all(ctx.attr.abis, before_each = "--abi")
    arguments.add("--facts", ctx.files._facts[0].dirname)
    arguments.add_all("--output", [folder], expand_directories = False)
    arguments.add("--asked-by", ctx.attr.asked_by)
    ctx.actions.run(
        arguments = [arguments],
        executable = ctx.executable._generate,
        inputs = ctx.files.kernel_headers + ctx.files._facts + ctx.files._generator,
        mnemonic = "LinuxAioBindings",
        outputs = [folder],
        progress_message = "Generating bindings of the kernel for %s" % ctx.attr.asked_by,
        use_default_shell_env = True,  # for LINUX_AIO_PYTHON
    )
    return [DefaultInfo(
        files = depset([folder]),
        runfiles = ctx.runfiles(files = [folder]),
    )]

_generated_bindings = rule(
    implementation = _generated_bindings_impl,
    attrs = {
        "abis": attr.string_list(
            allow_empty = False,
            mandatory = True,
        ),
        "asked_by": attr.string(mandatory = True),
        "folder": attr.string(mandatory = True),
        "kernel_headers": attr.label(
            allow_files = True,
            mandatory = True,
        ),
        "_facts": attr.label(default = "//codegen:facts"),
        "_generate": attr.label(
            allow_single_file = True,
            cfg = "exec",
            default = "//bazel/bindings:generate.sh",
            executable = True,
        ),
        "_generator": attr.label(default = "//codegen:generator"),
    },
)

def linux_aio_bindings(name, kernel_headers, abis, **kwargs):
    """A library of bindings of the kernel's AIO interface, from a tree of the kernel's headers.

    What the headers and the facts recorded in linux_aio both know must agree, or the build fails.
    What the headers do not have yet comes from the facts, so that linux_aio builds on bindings from
    older headers too; what only the headers have is there without documentation.

    Takes python3-clang and python3-jinja2 for the Python that LINUX_AIO_PYTHON (of --action_env)
    names, or else for /usr/bin/python3.

    Args:
      name: of the library. It must be visible to @linux_aio//:__pkg__ if @linux_aio//:bindings is
        set to it, which it is unless a visibility is given.
      kernel_headers: the label of the files of a tree of kernel headers, of a shape that
        //codegen:regenerate takes; or of a tree for each architecture, below folders so named.
      abis: the ABIs that there are to be bindings for: "x86_64", "aarch64"; codegen/abis.py has all.
      **kwargs: as for any target.
    """
    common = {key: kwargs[key] for key in ["tags", "target_compatible_with", "testonly"] if key in kwargs}
    _generated_bindings(
        name = name + "_headers",
        abis = abis,
        asked_by = "%s//%s:%s" % (native.repository_name().rstrip("@"), native.package_name(), name),
        folder = name,
        kernel_headers = kernel_headers,
        visibility = ["//visibility:private"],
        **common
    )
    cc_library(
        name = name,
        srcs = [str(Label("//bazel/bindings:one_set.cpp"))],
        hdrs = [name + "_headers"],
        copts = ["-w"],  # one_set.cpp is ours
        includes = [name],
        # Into the program itself: no linker looks for duplicates in shared libraries.
        linkstatic = True,
        visibility = kwargs.pop("visibility", ["//visibility:public"]),
        alwayslink = True,
        **kwargs
    )
