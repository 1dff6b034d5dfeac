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

load(
    ":compile_command.bzl",
    "COMPILE_COMMAND_ATTRS",
    "COMPILE_COMMAND_FRAGMENTS",
    "COMPILE_COMMAND_TOOLCHAINS",
    "compilation_context_of",
    "compile_command",
    "is_clang",
)

def _compile(ctx, what, flags):
    """Compiles ctx.file.src. Returns the file with the exit status and the compiler's output."""
    command = compile_command(
        ctx,
        context = compilation_context_of(ctx.attr.deps),
        flags = [
            # The message must be found whole, and in what the compiler says, not in source
            # that it quotes.
            "-fmessage-length=0",
            "-fno-caret-diagnostics" if is_clang(ctx) else "-fno-diagnostics-show-caret",
        ] + flags,
        source = ctx.file.src,
    )
    log = ctx.actions.declare_file("%s.%s.log" % (ctx.label.name, what))
    ctx.actions.run(
        arguments = [log.path, command.tool] + command.arguments,
        # In the C locale quotation marks are those that the messages expected have.
        env = dict(command.environment, LC_ALL = "C"),
        executable = ctx.file._compile,
        inputs = command.inputs,
        mnemonic = "MustNotCompile",
        outputs = [log],
        progress_message = "Compiling %s (%s)" % (ctx.file.src.short_path, what),
    )
    return log

def _shell_quoted(word):
    return "'" + word.replace("'", "'\\''") + "'"

def _must_not_compile_impl(ctx):
    right = _compile(ctx, "right", ctx.attr.copts)
    mistake = _compile(
        ctx,
        "mistake",
        ["-DLINUX_AIO_MISTAKE"] + ctx.attr.copts + ctx.attr.mistake_copts,
    )
    messages = ctx.attr.messages
    if is_clang(ctx) and ctx.attr.messages_clang:
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
    attrs = dict(COMPILE_COMMAND_ATTRS, **{
        "copts": attr.string_list(),
        "deps": attr.label_list(providers = [CcInfo]),
        "messages": attr.string_list(mandatory = True),
        "messages_clang": attr.string_list(),
        "mistake_copts": attr.string_list(),
        "src": attr.label(
            allow_single_file = [".cpp"],
            mandatory = True,
        ),
        "_check": attr.label(
            allow_single_file = True,
            default = "//bazel/must_not_compile:check.sh",
        ),
        "_compile": attr.label(
            allow_single_file = True,
            default = "//bazel/must_not_compile:compile.sh",
        ),
    }),
    fragments = COMPILE_COMMAND_FRAGMENTS,
    test = True,
    toolchains = COMPILE_COMMAND_TOOLCHAINS,
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
