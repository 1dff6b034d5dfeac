"""must_not_compile_test: a mistake that the compiler must refuse, and in which words.

A case is one source file that is right as it stands, with the mistake beside it:

    #include <linux_aio/linux_aio.hpp>

    void use(linux_aio::File& file) {
    #ifdef LINUX_AIO_MISTAKE
      linux_aio::File second = file;
    #else
      linux_aio::File second = std::move(file);
    #endif
    }

The test compiles both with the flags of the build. It passes if the right one
compiles without a word, and the mistake does not compile, for the reason given.
The right one is what tells a refused mistake from a file that never compiled.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

# The message must be found whole, and in what the compiler says, not in source that it quotes.
_GCC = [
    "-fmessage-length=0",
    "-fno-diagnostics-show-caret",
]
_PLAIN_OUTPUT = {
    "clang": [
        "-fmessage-length=0",
        "-fno-caret-diagnostics",
    ],
    "compiler": _GCC,  # what Bazel calls a GCC
    "gcc": _GCC,
}

def _compile(ctx, toolchain, what, flags):
    """Compiles ctx.file.src. Returns the file with the exit status and the compiler's output."""
    log = ctx.actions.declare_file("%s.%s.log" % (ctx.label.name, what))
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    context = cc_common.merge_cc_infos(
        cc_infos = [dep[CcInfo] for dep in ctx.attr.deps],
    ).compilation_context
    variables = cc_common.create_compile_variables(
        cc_toolchain = toolchain,
        feature_configuration = features,
        include_directories = context.includes,
        output_file = "/dev/null",
        preprocessor_defines = context.defines,
        quote_include_directories = context.quote_includes,
        source_file = ctx.file.src.path,
        system_include_directories = context.system_includes,
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts +
                             _PLAIN_OUTPUT[toolchain.compiler] + flags,
    )
    arguments = ctx.actions.args()
    arguments.add(log)
    arguments.add(cc_common.get_tool_for_action(
        action_name = CPP_COMPILE_ACTION_NAME,
        feature_configuration = features,
    ))
    arguments.add_all(cc_common.get_memory_inefficient_command_line(
        action_name = CPP_COMPILE_ACTION_NAME,
        feature_configuration = features,
        variables = variables,
    ))
    environment = dict(cc_common.get_environment_variables(
        action_name = CPP_COMPILE_ACTION_NAME,
        feature_configuration = features,
        variables = variables,
    ))
    environment["LC_ALL"] = "C"  # quotation marks as in the messages expected
    ctx.actions.run(
        arguments = [arguments],
        env = environment,
        executable = ctx.file._compile,
        inputs = depset([ctx.file.src], transitive = [context.headers, toolchain.all_files]),
        mnemonic = "MustNotCompile",
        outputs = [log],
        progress_message = "Compiling %s (%s)" % (ctx.file.src.short_path, what),
    )
    return log

def _shell_quoted(word):
    return "'" + word.replace("'", "'\\''") + "'"

def _must_not_compile_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    right = _compile(ctx, toolchain, "right", ctx.attr.copts)
    mistake = _compile(
        ctx,
        toolchain,
        "mistake",
        ["-DLINUX_AIO_MISTAKE"] + ctx.attr.copts + ctx.attr.mistake_copts,
    )
    messages = ctx.attr.messages
    if toolchain.compiler == "clang" and ctx.attr.messages_clang:
        messages = ctx.attr.messages_clang
    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        script,
        "#!/bin/sh\nexec %s\n" % " ".join([
            _shell_quoted(word)
            for word in [
                ctx.file._check.short_path,
                right.short_path,
                mistake.short_path,
            ] + messages
        ]),
        is_executable = True,
    )
    return [DefaultInfo(
        executable = script,
        runfiles = ctx.runfiles(files = [ctx.file._check, mistake, right]),
    )]

_must_not_compile_test = rule(
    implementation = _must_not_compile_impl,
    attrs = {
        "copts": attr.string_list(),
        "deps": attr.label_list(providers = [CcInfo]),
        "messages": attr.string_list(mandatory = True),
        "messages_clang": attr.string_list(),
        "mistake_copts": attr.string_list(),
        "src": attr.label(
            allow_single_file = [".cpp"],
            mandatory = True,
        ),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_check": attr.label(
            allow_single_file = True,
            default = "//bazel/must_not_compile:check.sh",
        ),
        "_compile": attr.label(
            allow_single_file = True,
            default = "//bazel/must_not_compile:compile.sh",
        ),
    },
    fragments = ["cpp"],
    test = True,
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def _strings(value):
    return [value] if type(value) == "string" else value

def must_not_compile_test(name, src, message, message_clang = [], deps = [], copts = [], mistake_copts = [], **kwargs):
    """A test that passes if src compiles, but not with LINUX_AIO_MISTAKE defined.

    Args:
      name: of the test.
      src: the .cpp file with the mistake and the right way.
      message: what the compiler must say of the mistake: a fixed string, or a list of them, all in its output.
      message_clang: the same for clang, where it has other words.
      deps: cc_library targets whose headers src includes.
      copts: compiler flags for both, such as -Wno-pedantic.
      mistake_copts: compiler flags that are the mistake, or part of it, such as -std=c++17.
      **kwargs: as for any test.
    """
    _must_not_compile_test(
        name = name,
        size = kwargs.pop("size", "small"),
        src = src,
        copts = copts,
        messages = _strings(message),
        messages_clang = _strings(message_clang),
        mistake_copts = mistake_copts,
        deps = deps,
        **kwargs
    )
