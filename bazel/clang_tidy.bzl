"""clang_tidy: an aspect that has clang-tidy read every C++ file of the targets built.

    bazel build --config=tidy //...

The flags are those of the build, and a file is read again only when it changes.
Headers are read with the files that include them; .clang-tidy says which.
"""

load(
    ":compile_command.bzl",
    "COMPILE_COMMAND_ATTRS",
    "COMPILE_COMMAND_FRAGMENTS",
    "COMPILE_COMMAND_TOOLCHAINS",
    "compilation_context_of",
    "compile_command",
)

_KINDS = [
    "cc_binary",
    "cc_library",
    "cc_test",
]

# Catch2's assertions are loops to what follows the flow of a program: it sees objects moved twice,
# optionals unchecked and variables unchanged where there are none, and takes minutes for it. And
# tests own arrays as users may.
_OFF_IN_TESTS = [
    "-bugprone-unchecked-optional-access",
    "-clang-analyzer-*",
    "-misc-const-correctness",
    "-modernize-avoid-c-arrays",
]

def _tidy(ctx, target, source):
    """Runs clang-tidy on one file. Returns an empty file, made if it finds nothing."""
    context = target[CcInfo].compilation_context if CcInfo in target else compilation_context_of(ctx.rule.attr.deps)
    command = compile_command(ctx, source, context, ctx.rule.attr.copts)
    found_nothing = ctx.actions.declare_file("%s.%s.tidy" % (target.label.name, source.basename))
    ctx.actions.run_shell(
        arguments = [
            found_nothing.path,
            "--config-file=" + ctx.file._config.path,
        ] + (["--checks=" + ",".join(_OFF_IN_TESTS)] if source.short_path.startswith("tests/") else []) + [
            source.path,
            "--",
        ] + command.arguments,
        command = """
found=$1; shift
clang-tidy-19 --quiet "$@" >"$found" 2>&1 || {
  sed -e "s|$PWD/||g" -e '/ warnings\\? generated\\.$/d' "$found"
  exit 1
}
: >"$found"  # but for the count of the warnings that it does not show
""",
        inputs = depset([ctx.file._config], transitive = [command.inputs]),
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
    return [OutputGroupInfo(clang_tidy = depset([
        _tidy(ctx, target, source)
        for source in ctx.rule.files.srcs
        if source.is_source and source.extension == "cpp"
    ]))]

clang_tidy = aspect(
    implementation = _clang_tidy_impl,
    attrs = dict(
        COMPILE_COMMAND_ATTRS,
        _config = attr.label(
            allow_single_file = True,
            default = "//:.clang-tidy",
        ),
    ),
    fragments = COMPILE_COMMAND_FRAGMENTS,
    toolchains = COMPILE_COMMAND_TOOLCHAINS,
)
