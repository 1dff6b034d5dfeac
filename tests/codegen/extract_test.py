"""What is read from headers, tried on headers made for it."""

import shutil
import unittest

from codegen.abis import ABIS, find_abi
from codegen.extract import extract
from codegen.facts import AbiFacts
from codegen.facts_files import load_history
from tests.codegen.trees import MAKEFILE, TreeTest, contents


class ExtractTest(TreeTest):
    """The facts of the fixture."""

    def facts_of(self, abi: str) -> AbiFacts:
        """The facts of one ABI."""
        return extract(self.headers, find_abi(abi, "test"))

    def test_a_macro_with_a_cast_has_a_value(self) -> None:
        self.assertEqual(
            self.facts_of("x86_64").constants["linux/fs.h"],
            {"RWF_HIPRI": 1, "RWF_DSYNC": 2, "RWF_SUPPORTED": 3},
        )

    def test_a_macro_that_the_header_takes_back_does_not_exist(self) -> None:
        self.assertNotIn("RWF_APPEND", self.facts_of("x86_64").constants["linux/fs.h"])

    def test_enumerators_and_macros_are_alike(self) -> None:
        self.assertEqual(
            self.facts_of("x86_64").constants["linux/aio_abi.h"],
            {"IOCB_CMD_PREAD": 0, "IOCB_CMD_PWRITE": 1, "IOCB_FLAG_RESFD": 1},
        )

    def test_a_macro_that_turns_into_an_enumerator_does_not_vanish(self) -> None:
        before = self.facts_of("x86_64")
        self.edit(
            "linux/fs.h",
            "#define RWF_HIPRI ((__kernel_rwf_t)0x00000001)",
            "enum { RWF_HIPRI = 1 };",
        )
        self.assertEqual(self.facts_of("x86_64"), before)

    def test_a_name_that_is_a_macro_and_an_enumerator_is_one_symbol(self) -> None:
        self.assertEqual(self.facts_of("x86_64").constants["linux/ioprio.h"]["IOPRIO_CLASS_RT"], 1)

    def test_what_is_left_out_by_name_is_not_there(self) -> None:
        self.assertEqual(
            set(self.facts_of("x86_64").constants["linux/ioprio.h"]),
            {"IOPRIO_CLASS_SHIFT", "IOPRIO_PRIO_MASK", "IOPRIO_CLASS_NONE", "IOPRIO_CLASS_RT"},
        )

    def test_an_architecture_overrides_the_generic_value(self) -> None:
        self.assertEqual(self.facts_of("arm").constants["asm/poll.h"], {"POLLIN": 1, "POLLOUT": 4})

    def test_a_symbol_of_a_header_that_is_only_passed_on_is_not_taken(self) -> None:
        self.edit(
            "linux/types.h", "typedef short __s16;", "typedef short __s16;\n#define RWF_OTHER 1"
        )
        self.assertNotIn("RWF_OTHER", self.facts_of("x86_64").constants["linux/fs.h"])

    def test_each_abi_has_numbers_of_its_own(self) -> None:
        expected = {
            "x86_64": 208,
            "x32": 0x40000000 + 208,
            "i386": 247,
            "aarch64": 2,
            "arm": 245,
            "arm_oabi": 0x900000 + 245,
            "riscv32": None,
            "ppc": 229,
            "mips_o32": 4243,
            "mipsel_n32": 6202,
            "mips_n64": 5202,
            "loongarch64": 2,
            "loongarch32": None,
            "parisc": 217,
        }
        numbers = {abi: self.facts_of(abi).syscalls["io_getevents"] for abi in expected}
        self.assertEqual(numbers, expected)

    def test_a_call_that_an_abi_lacks_is_recorded_as_absent(self) -> None:
        self.assertIsNone(self.facts_of("x86_64").syscalls["io_pgetevents_time64"])
        self.assertEqual(self.facts_of("i386").syscalls["io_pgetevents_time64"], 416)

    def test_a_layout_follows_the_byte_order(self) -> None:
        offsets = {
            abi: {field.name: field.offset for field in self.facts_of(abi).structs["iocb"].fields}
            for abi in ("arm", "armeb")
        }
        self.assertEqual((offsets["arm"]["aio_key"], offsets["arm"]["aio_rw_flags"]), (8, 12))
        self.assertEqual((offsets["armeb"]["aio_key"], offsets["armeb"]["aio_rw_flags"]), (12, 8))

    def test_alignment_is_the_targets(self) -> None:
        self.assertEqual(self.facts_of("i386").structs["iocb"].alignment, 4)
        self.assertEqual(self.facts_of("arm").structs["iocb"].alignment, 8)

    def test_alignment_is_the_abis_where_clang_aligns_to_more(self) -> None:
        for struct in self.facts_of("m68k").structs.values():
            alignments = [struct.alignment, *(field.alignment for field in struct.fields)]
            self.assertEqual({*alignments}, {2})

    def test_the_kernels_long_has_64_bits_on_x32(self) -> None:
        self.assertEqual(self.facts_of("x32").typedefs["aio_context_t"], "unsigned long long")
        self.assertEqual(self.facts_of("x32").structs["__kernel_old_timespec"].size, 16)
        self.assertEqual(self.facts_of("i386").structs["__kernel_old_timespec"].size, 8)

    def test_the_kernels_version_is_read_from_its_parts(self) -> None:
        self.assertEqual(self.facts_of("x86_64").kernel, "7.1.300")

    def test_the_kernels_version_is_read_from_its_code_where_there_are_no_parts(self) -> None:
        (self.headers / "include/linux/version.h").write_text("#define LINUX_VERSION_CODE 459021\n")
        self.assertEqual(self.facts_of("x86_64").kernel, "7.1.13")

    def test_an_abi_that_the_kernel_does_not_have_yet_is_left_out(self) -> None:
        self.edit("linux/version.h", "MAJOR 7", "MAJOR 6")
        self.extract()
        missing = {abi.name for abi in ABIS} - load_history(self.facts).newest().keys()
        self.assertEqual(missing, {"loongarch32"})

    def test_the_kernels_source_is_made_headers_of(self) -> None:
        self.accept("--headers", str(self.headers), "--abi", "x32", "--abi", "armeb")
        before = contents(self.facts)
        shutil.rmtree(self.facts)
        source = self.root / "source"
        for arch in ("x86", "arm", "sh"):
            shutil.copytree(self.headers / "include/asm", source / f"arch/{arch}/include/uapi/asm")
        for folder in ("linux", "asm-generic"):
            shutil.copytree(self.headers / "include" / folder, source / "include/uapi" / folder)
        (source / "Kbuild").touch()
        (source / "Makefile").write_text(MAKEFILE, encoding="utf-8")
        self.accept("--headers", str(source), "--abi", "x32", "--abi", "armeb")
        self.assertEqual(contents(self.facts), before)
        self.assertFalse((source / "usr").exists())

    def test_ioprio_may_be_missing(self) -> None:
        (self.headers / "include/linux/ioprio.h").unlink()
        self.assertEqual(self.facts_of("x86_64").constants["linux/ioprio.h"], {})

    def test_facts_survive_their_json(self) -> None:
        self.extract("--abi", "x32")
        self.assertEqual(load_history(self.facts).newest(), {"x32": self.facts_of("x32")})


if __name__ == "__main__":
    unittest.main()
