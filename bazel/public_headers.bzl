"""public_headers_test: every public header compiles alone, twice, and in any two files."""

load("@rules_cc//cc:defs.bzl", "cc_test")

def _header_sources_impl(ctx):
    sources = []
    for library in ctx.attr.libraries:
        context = library[CcInfo].compilation_context
        roots = [root + "/" for root in context.includes.to_list()]
        for header in context.direct_public_headers:
            # What stands between < and >: the path from the folder that -I names.
            names = [header.path[len(root):] for root in roots if header.path.startswith(root)]
            if not names:
                fail("%s is on no include path of %s" % (header.path, library.label))
            name = names[0]
            source = ctx.actions.declare_file("%s/%s.cpp" % (ctx.label.name, name))
            ctx.actions.write(source, "#include <{0}>\n#include <{0}>\n".format(name))
            sources.append(source)
    if not sources:
        fail("no headers")
    main = ctx.actions.declare_file("%s/main.cpp" % ctx.label.name)
    ctx.actions.write(main, "int main() {}\n")
    return [DefaultInfo(files = depset(sources + [main]))]

_header_sources = rule(
    implementation = _header_sources_impl,
    attrs = {"libraries": attr.label_list(providers = [CcInfo])},
    doc = "One .cpp for each public header of the libraries, and a main().",
)

def public_headers_test(name, libraries, **kwargs):
    """Builds a program from one file for each public header of the libraries.

    A header that is not self-contained does not compile; one that defines what it
    should declare inline does not link, as another header includes it.

    Args:
      name: of the test.
      libraries: whose headers are checked, those of their deps excluded.
      **kwargs: as for cc_test.
    """
    _header_sources(
        name = name + "_sources",
        testonly = True,
        libraries = libraries,
    )
    cc_test(
        name = name,
        size = "small",
        srcs = [name + "_sources"],
        copts = [
            "-fno-exceptions",
            "-fno-rtti",
        ],
        linkstatic = True,
        deps = libraries,
        **kwargs
    )
