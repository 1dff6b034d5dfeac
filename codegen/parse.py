"""Clang reads the headers. Nothing else knows clang, and nothing but clang computes a value.

A translation unit of the headers gives structs, types and enumerators, and the names of macros.
What a macro is worth only an expression can say (`((__kernel_rwf_t)0x100)`), so a second one, of
the headers and one enumerator a question, answers questions.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clang import cindex

from codegen.abi import Abi
from codegen.errors import CodegenError
from codegen.facts import Field, Struct
from codegen.tree import Headers

_MAIN = "linux_aio_codegen.c"


@dataclass(frozen=True)
class Symbol:
    """A name that a header gives to a number: a macro or an enumerator."""

    name: str
    header: str
    """As it is included: linux/fs.h."""
    where: str
    """File and line."""
    is_macro: bool


@dataclass(frozen=True)
class Declarations:
    """What the headers declare."""

    structs: Mapping[str, Struct]
    typedefs: Mapping[str, str]
    symbols: tuple[Symbol, ...]
    places: Mapping[str, str]
    """File and line of each."""


@dataclass(frozen=True)
class Question:
    """A constant expression to evaluate where a preprocessor condition holds."""

    key: str
    expression: str
    where: str
    """What an error is to point at."""
    condition: str = "1"
    may_fail: bool = False
    """Whether there just is no answer if the expression does not evaluate."""


class Parser:
    """Reads one set of headers as one ABI."""

    def __init__(self, headers: Headers, abi: Abi) -> None:
        self._headers = headers
        self._abi = abi.name
        # The tree is all that is read. No -isystem and no -w: a warning is a reason to look, too.
        include = [f"-I{folder}" for folder in headers.include_dirs]
        self._arguments = [
            "-xc",
            "-std=gnu11",
            f"--target={abi.clang.target}",
            *abi.clang.options,
            "-nostdinc",
            "-ffreestanding",
            *include,
        ]
        # Headers up to Linux 5.10 use size_t without saying where it comes from.
        self._prologue = "typedef __SIZE_TYPE__ size_t;\n" + "".join(
            f"#include <{name}>\n" for name in headers.names
        )
        self._header_names = functools.cache(self._header_name)  # it is asked for each macro
        self._index = cindex.Index.create()

    def declarations(self, structs: Sequence[str], typedefs: Sequence[str]) -> Declarations:
        """The named structs and typedefs, and all symbols."""
        unit = self._parse(self._prologue, cindex.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD)
        for diagnostic in unit.diagnostics:
            raise self._broken_header(diagnostic)
        found_structs: dict[str, Struct] = {}
        found_typedefs: dict[str, str] = {}
        symbols: dict[str, Symbol] = {}
        places: dict[str, str] = {}
        for cursor in unit.cursor.get_children():
            if (
                cursor.kind == cindex.CursorKind.STRUCT_DECL
                and cursor.is_definition()
                and cursor.spelling in structs
            ):
                found_structs[cursor.spelling] = _struct(cursor)
                places[cursor.spelling] = _place(cursor.location)
            elif cursor.kind == cindex.CursorKind.TYPEDEF_DECL and cursor.spelling in typedefs:
                found_typedefs[cursor.spelling] = cursor.type.get_canonical().spelling
                places[cursor.spelling] = _place(cursor.location)
            else:
                # A symbol may be a macro and an enumerator (`#define X X`), or be undefined and
                # defined again: one symbol, and the last place.
                symbols |= {symbol.name: symbol for symbol in self._symbols(cursor)}
        for name in (*structs, *typedefs):
            if name not in found_structs and name not in found_typedefs:
                raise CodegenError(
                    self._headers.include_dirs[-1],
                    f"no header defines {name}",
                    "check the tree that --headers names, or what codegen/symbols.py expects",
                )
        places |= {symbol.name: symbol.where for symbol in symbols.values()}
        return Declarations(found_structs, found_typedefs, tuple(symbols.values()), places)

    def evaluate(self, questions: Sequence[Question]) -> dict[str, int]:
        """The value of each question whose condition holds."""
        text = self._prologue
        asked: dict[int, Question] = {}
        for number, question in enumerate(questions):
            text += f"#if {question.condition}\n"
            text += f"enum {{ answer_{number} = ({question.expression}) }};\n"
            asked[text.count("\n")] = question
            text += "#endif\n"
        unit = self._parse(text)
        unanswered = set()
        for diagnostic in unit.diagnostics:
            # A question that fails still gets an enumerator, of value 0: so no answer is taken.
            failed = asked.get(diagnostic.location.line)
            if failed is None or str(diagnostic.location.file) != _MAIN:
                raise self._broken_header(diagnostic)
            if failed.may_fail:
                unanswered.add(failed.key)
                continue
            raise CodegenError(
                failed.where,
                f"{failed.key} does not evaluate to an integer ({diagnostic.spelling})",
                "mend the header, or leave the symbol out, with the reason, in codegen/symbols.py",
            )
        answers = {
            enumerator.spelling: int(enumerator.enum_value)
            for cursor in unit.cursor.get_children()
            if cursor.kind == cindex.CursorKind.ENUM_DECL
            for enumerator in cursor.get_children()
        }
        keys = {
            f"answer_{number}": question.key
            for number, question in enumerate(questions)
            if question.key not in unanswered
        }
        return {keys[name]: value for name, value in answers.items() if name in keys}

    def _parse(self, text: str, options: int = 0) -> cindex.TranslationUnit:
        return self._index.parse(
            _MAIN, self._arguments, unsaved_files=[(_MAIN, text)], options=options
        )

    def _broken_header(self, diagnostic: cindex.Diagnostic) -> CodegenError:
        return CodegenError(
            _place(diagnostic.location),
            f"{diagnostic.spelling} (for {self._abi})",
            "mend the tree, or name with --abi the ABIs whose headers it has",
        )

    def _symbols(self, cursor: cindex.Cursor) -> Iterator[Symbol]:
        is_macro = cursor.kind == cindex.CursorKind.MACRO_DEFINITION
        if not is_macro and cursor.kind != cindex.CursorKind.ENUM_DECL:
            return
        header = self._header_names(str(cursor.location.file))
        if header:  # a predefined macro is in none
            for named in [cursor] if is_macro else cursor.get_children():
                yield Symbol(named.spelling, header, _place(named.location), is_macro)

    def _header_name(self, file: str) -> str | None:
        """A file as it is included, if it is of the tree."""
        for folder in self._headers.include_dirs:
            if Path(file).is_relative_to(folder):
                return Path(file).relative_to(folder).as_posix()
        return None


def _struct(cursor: cindex.Cursor) -> Struct:
    return Struct(
        size=cursor.type.get_size(),
        alignment=cursor.type.get_align(),
        fields=tuple(_field(field) for field in cursor.type.get_fields()),
    )


def _field(cursor: cindex.Cursor) -> Field:
    if cursor.is_bitfield():
        raise CodegenError(
            _place(cursor.location),
            f"{cursor.spelling} is a bit-field, whose place no offset can say",
            "teach codegen/parse.py what it is",
        )
    return Field(
        name=cursor.spelling,
        type=cursor.type.spelling,
        offset=cursor.get_field_offsetof() // 8,
        size=cursor.type.get_size(),
        alignment=cursor.type.get_align(),
    )


def _place(location: cindex.SourceLocation) -> str:
    return f"{location.file}:{location.line}"
