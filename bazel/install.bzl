"""installer: lays the library out for builds that are not Bazel's."""

def _optimised_impl(_settings, _attr):
    # Position-independent, for a consumer may link it into a shared library.
    return {
        "//command_line_option:compilation_mode": "opt",
        "//command_line_option:force_pic": True,
    }

_optimised = transition(
    implementation = _optimised_impl,
    inputs = [],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:force_pic",
    ],
)

def _archive_of(library):
    """The static library that the target itself is compiled to."""
    for linker_input in library[CcInfo].linking_context.linker_inputs.to_list():
        if linker_input.owner == library.label:
            for linked in linker_input.libraries:
                return linked.pic_static_library or linked.static_library
    fail("%s has no sources" % library.label)

def _copies_of_headers(context):
    """The public headers, as a list of (file, path): a folder's path is that of its root."""
    roots = [root + "/" for root in context.includes.to_list() + context.system_includes.to_list()]
    copies = []
    for header in context.headers.to_list():
        if header.is_directory:
            copies.append((header, "include"))
            continue
        names = [header.path[len(root):] for root in roots if header.path.startswith(root)]
        if names:  # else it is of the sources' own
            copies.append((header, "include/" + names[0]))
    return copies

def _quoted(word):
    return "'" + word.replace("'", "'\\''") + "'"

def _installer_impl(ctx):
    library = ctx.attr.library[0]
    archive = _archive_of(library)
    copies = _copies_of_headers(library[CcInfo].compilation_context) + [
        (archive, "lib/lib%s.a" % library.label.name),
    ] + [(file, file.basename) for file in ctx.files.others]
    tree = ctx.actions.declare_directory(ctx.label.name + "_tree")
    arguments = ctx.actions.args()
    arguments.add_all([tree], expand_directories = False)
    for file, path in copies:
        arguments.add_all([file], expand_directories = False)
        arguments.add(path)
    arguments.use_param_file("%s", use_always = True)
    arguments.set_param_file_format("multiline")
    ctx.actions.run(
        arguments = [arguments],
        executable = ctx.file._lay_out,
        inputs = [file for file, _ in copies],
        mnemonic = "LinuxAioLayOut",
        outputs = [tree],
        progress_message = "Laying out %s for installation" % library.label,
    )
    script = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        script,
        "#!/bin/sh\nexec %s %s \"$@\"\n" % (_quoted(ctx.file._install.short_path), _quoted(tree.short_path)),
        is_executable = True,
    )
    return [DefaultInfo(
        executable = script,
        runfiles = ctx.runfiles(files = [ctx.file._install, tree]),
    )]

installer = rule(
    implementation = _installer_impl,
    attrs = {
        "library": attr.label(
            cfg = _optimised,
            doc = "The cc_library to install, with the headers of all that it depends on.",
            mandatory = True,
            providers = [CcInfo],
        ),
        "others": attr.label_list(
            allow_files = True,
            doc = "What bazel/install/install.sh needs beside it.",
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
        "_install": attr.label(
            allow_single_file = True,
            default = "//bazel/install:install.sh",
        ),
        "_lay_out": attr.label(
            allow_single_file = True,
            default = "//bazel/install:lay_out.sh",
        ),
    },
    doc = "A program that installs a library, built optimised, into a folder; see its --help.",
    executable = True,
)
