"""debian_cross_toolchain: Debian's cross GCC, the package g++-<triplet>, as a C++ toolchain."""

load("@bazel_tools//tools/cpp:unix_cc_toolchain_config.bzl", "cc_toolchain_config")
load("@rules_cc//cc:defs.bzl", "cc_toolchain")

_TOOLS = [
    "ar",
    "cpp",
    "dwp",
    "gcov",
    "ld",
    "nm",
    "objcopy",
    "objdump",
    "strip",
]

def debian_cross_toolchain(name, triplet, constraint):
    """Declares a toolchain, of which nothing need be there until a build is for its CPU.

    Args:
      name: of the toolchain.
      triplet: with which the names of the compiler's tools begin.
      constraint: the CPU that it compiles for.
    """
    gcc = triplet + "-gcc"  # a link to cross_gcc.sh
    cc_toolchain_config(
        name = name + "_config",
        abi_libc_version = "local",
        abi_version = "local",
        compile_flags = [
            "-fstack-protector",
            "-fno-omit-frame-pointer",
        ],
        compiler = "gcc",
        coverage_compile_flags = ["--coverage"],
        coverage_link_flags = ["--coverage"],
        cpu = name,
        cxx_builtin_include_directories = [
            "/usr/lib/gcc-cross/" + triplet,
            "/usr/%s/include" % triplet,
        ],
        dbg_compile_flags = ["-g"],
        host_system_name = "local",
        link_flags = [
            "-Wl,-z,relro,-z,now",
            "-pass-exit-codes",
        ],
        link_libs = [
            "-lstdc++",
            "-lm",
        ],
        opt_compile_flags = [
            "-O2",
            "-DNDEBUG",
            "-ffunction-sections",
            "-fdata-sections",
        ],
        opt_link_flags = ["-Wl,--gc-sections"],
        supports_start_end_lib = False,
        target_libc = "glibc",
        target_system_name = triplet,
        # An llvm-cov must be named, and is for clang.
        tool_paths = dict(
            [(tool, "/usr/bin/%s-%s" % (triplet, tool)) for tool in _TOOLS],
            **{"gcc": gcc, "llvm-cov": "/bin/false"}
        ),
        toolchain_identifier = "debian-" + triplet,
        unfiltered_compile_flags = [
            "-fno-canonical-system-headers",
            "-Wno-builtin-macro-redefined",
            "-D__DATE__=\"redacted\"",
            "-D__TIMESTAMP__=\"redacted\"",
            "-D__TIME__=\"redacted\"",
        ],
    )
    native.filegroup(
        name = name + "_tools",
        srcs = [gcc],
    )
    cc_toolchain(
        name = name + "_gcc",
        all_files = name + "_tools",
        compiler_files = name + "_tools",
        dwp_files = name + "_tools",
        linker_files = name + "_tools",
        objcopy_files = name + "_tools",
        strip_files = name + "_tools",
        toolchain_config = name + "_config",
    )
    native.toolchain(
        name = name,
        # The compilers are those of Debian for x86-64; on another machine it may have the same.
        exec_compatible_with = ["@platforms//os:linux"],
        target_compatible_with = [
            constraint,
            "@platforms//os:linux",
        ],
        toolchain = name + "_gcc",
        toolchain_type = "@bazel_tools//tools/cpp:toolchain_type",
    )
