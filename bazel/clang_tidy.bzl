"""clang_tidy: an aspect that has clang-tidy read every C++ file of the targets built.

    bazel build --config=tidy //...

The flags are those of the build, and a file is read again only when it changes.
Headers are read with the files that include them; .clang-tidy says which.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

_KINDS = [
    "cc_binary",
    "cc_library",
    "cc_test",
]

def _tidy(ctx, target, toolchain, source):
    """Runs clang-tidy on one file. Returns an empty file, made if it finds nothing."""
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    context = (target[CcInfo] if CcInfo in target else cc_common.merge_cc_infos(
        cc_infos = [dep[CcInfo] for dep in ctx.rule.attr.deps],
    )).compilation_context
    variables = cc_common.create_compile_variables(
        cc_toolchain = toolchain,
        feature_configuration = features,
        include_directories = context.includes,
        preprocessor_defines = context.defines,
        quote_include_directories = context.quote_includes,
        source_file = source.path,
        system_include_directories = context.system_includes,
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts + ctx.rule.attr.copts,
    )
    found_nothing = ctx.actions.declare_file("%s.%s.tidy" % (target.label.name, source.basename))
    arguments = ctx.actions.args()
    arguments.add(found_nothing)
    arguments.add(ctx.file._config, format = "--config-file=%s")
    arguments.add(source)
    arguments.add("--")
    arguments.add_all(cc_common.get_memory_inefficient_command_line(
        action_name = CPP_COMPILE_ACTION_NAME,
        feature_configuration = features,
        variables = variables,
    ))
    ctx.actions.run_shell(
        arguments = [arguments],
        command = """
found=$1; shift
clang-tidy-19 --quiet "$@" >"$found" 2>&1 || {
  sed -e "s|$PWD/||g" -e '/ warnings\\? generated\\.$/d' "$found"
  exit 1
}
: >"$found"  # but for the count of the warnings that it does not show
""",
        inputs = depset(
            [ctx.file._config, source],
            transitive = [context.headers, toolchain.all_files],
        ),
        mnemonic = "ClangTidy",
        outputs = [found_nothing],
        progress_message = "Reading %s with clang-tidy" % source.short_path,
    )
    return found_nothing

def _clang_tidy_impl(target, ctx):
    if ctx.rule.kind not in _KINDS or target.label.workspace_name:
        return []
    if ctx.rule.attr.target_compatible_with:  # only_with another configuration
        return []
    toolchain = find_cpp_toolchain(ctx)
    return [OutputGroupInfo(clang_tidy = depset([
        _tidy(ctx, target, toolchain, source)
        for source in ctx.rule.files.srcs
        if source.is_source and source.extension == "cpp"
    ]))]

clang_tidy = aspect(
    implementation = _clang_tidy_impl,
    attrs = {
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_config": attr.label(
            allow_single_file = True,
            default = "//:.clang-tidy",
        ),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
