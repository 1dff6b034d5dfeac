"""Debian's bazel-bootstrap (4.2.3, 7.7.1) without a network.

Bazel's own build files load rule repositories that it would download. They wrap
native rules, which are all that we need: these stand in for them. A Bazel from
Debian calls itself a development version; a released one has a version and gets
none of this.
"""

_RULES_CC = """
cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_proto_library = native.cc_proto_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
objc_library = native.objc_library
"""

_RULES_JAVA = """
java_binary = native.java_binary
java_import = native.java_import
java_library = native.java_library
java_runtime = native.java_runtime
java_test = native.java_test
java_toolchain = native.java_toolchain
"""

_RULES_PYTHON = """
load("@bazel_tools//tools/python:toolchain.bzl", _py_runtime_pair = "py_runtime_pair")
py_binary = native.py_binary
py_library = native.py_library
py_runtime = native.py_runtime
py_runtime_pair = _py_runtime_pair
py_test = native.py_test
"""

# Every test rule refers to these, whether coverage is asked for or not.
_COVERAGE_BUILD = """
[
    sh_binary(
        name = name,
        srcs = ["unavailable.sh"],
        visibility = ["//visibility:public"],
    )
    for name in ["coverage_report_generator", "lcov_merger"]
]
"""

_COVERAGE_UNAVAILABLE = """#!/bin/sh
echo "Debian's Bazel comes without the tools that merge coverage data" >&2
exit 1
"""

def _stand_in_impl(repository_ctx):
    packaged = repository_ctx.attr.packaged
    if packaged and repository_ctx.path(packaged).exists:
        for path in repository_ctx.path(packaged).readdir():
            repository_ctx.symlink(path, path.basename)
        return
    repository_ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % repository_ctx.name)
    for path, content in repository_ctx.attr.files.items():
        repository_ctx.file(path, content)

_stand_in_repository = repository_rule(
    implementation = _stand_in_impl,
    attrs = {
        "files": attr.string_dict(
            doc = "Path to content, where the package is missing.",
        ),
        "packaged": attr.string(
            doc = "Where a Debian package puts the whole repository.",
        ),
    },
    doc = "A repository made from what is on this machine.",
)

# buildifier: disable=unnamed-macro
def debian_bazel_repositories():
    """Declares the stand-ins that the workspace has no repository for yet."""
    if native.bazel_version:
        return
    stand_ins = {
        # Bazel 7 needs it, Bazel 4 neither has nor needs it.
        "bazel_skylib": {"packaged": "/usr/share/bazel/tools/skylib"},
        "remote_coverage_tools": {"files": {
            "BUILD": _COVERAGE_BUILD,
            "unavailable.sh": _COVERAGE_UNAVAILABLE,
        }},
        # Debian 12's own bazel-rules-cc does not load into its Bazel.
        "rules_cc": {"files": {"cc/BUILD": "", "cc/defs.bzl": _RULES_CC}},
        "rules_java": {"files": {"java/BUILD": "", "java/defs.bzl": _RULES_JAVA}},
        "rules_python": {
            "files": {"python/BUILD": "", "python/defs.bzl": _RULES_PYTHON},
            "packaged": "/usr/share/bazel/rules/python",
        },
    }
    for name, attributes in stand_ins.items():
        if name not in native.existing_rules():
            _stand_in_repository(name = name, **attributes)
