"""compile_command: how Bazel would compile a file, for rules that do something else with it."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

# What a rule or aspect that calls compile_command() must have.
COMPILE_COMMAND_ATTRS = {
    "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
}
COMPILE_COMMAND_FRAGMENTS = ["cpp"]
COMPILE_COMMAND_TOOLCHAINS = ["@bazel_tools//tools/cpp:toolchain_type"]

def compilation_context_of(deps):
    """The include paths, headers and defines that the deps give.

    Args:
      deps: targets with a CcInfo.

    Returns:
      a CompilationContext.
    """
    return cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in deps]).compilation_context

def compile_command(ctx, source, context, flags):
    """The command that compiles a file with the flags of this build, its output thrown away.

    Args:
      ctx: of the rule or aspect.
      source: the .cpp file.
      context: the CompilationContext it needs.
      flags: those that come after the build's.

    Returns:
      a struct of tool, arguments, environment and inputs.
    """
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    variables = cc_common.create_compile_variables(
        cc_toolchain = toolchain,
        feature_configuration = features,
        include_directories = context.includes,
        output_file = "/dev/null",
        preprocessor_defines = context.defines,
        quote_include_directories = context.quote_includes,
        source_file = source.path,
        system_include_directories = context.system_includes,
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts + flags,
    )
    return struct(
        arguments = cc_common.get_memory_inefficient_command_line(
            action_name = CPP_COMPILE_ACTION_NAME,
            feature_configuration = features,
            variables = variables,
        ),
        environment = cc_common.get_environment_variables(
            action_name = CPP_COMPILE_ACTION_NAME,
            feature_configuration = features,
            variables = variables,
        ),
        inputs = depset([source], transitive = [context.headers, toolchain.all_files]),
        tool = cc_common.get_tool_for_action(
            action_name = CPP_COMPILE_ACTION_NAME,
            feature_configuration = features,
        ),
    )

def is_clang(ctx):
    """Whether this build's compiler is clang, and not GCC.

    Args:
      ctx: of the rule.

    Returns:
      True or False.
    """
    return find_cpp_toolchain(ctx).compiler == "clang"
