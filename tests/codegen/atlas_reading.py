"""The atlas of the committed facts, and how to read it."""

from collections.abc import Iterator
from pathlib import Path

from codegen.abis import ABIS
from codegen.atlas import make_atlas
from codegen.documentation import Documentation
from codegen.facts import AbiFacts, Key, facts_of_values
from codegen.facts_files import load_history
from codegen.history import History
from codegen.render import render_atlas
from tests.codegen.html_page import Element, parse_page

HISTORY = load_history(Path(__file__).parents[2] / "codegen/facts")
NEWEST = HISTORY.newest()
ROWS = {abi.name: abi for abi in ABIS}


def page_of(history: History) -> str:
    """The page alone: it states even facts of which no bindings can be made."""
    return render_atlas(make_atlas(history, Documentation()))["atlas.html"]


PAGE = parse_page(page_of(HISTORY))


def all_facts() -> Iterator[tuple[str, str, AbiFacts]]:
    """The facts of each ABI in each kernel."""
    for kernel in HISTORY.kernels:
        for abi, facts in HISTORY.of_kernel(kernel).items():
            yield abi, kernel, facts


def table(name: str, page: Element = PAGE) -> Iterator[tuple[str, dict[str, Element]]]:
    """The rows of a table: the cells by their column's head, under the row's own."""
    head, *rows = page.one("table", id=name).grid()
    for cells in rows:
        yield cells[0].text, {top.text: cell for top, cell in zip(head, cells, strict=True)}


def changed(
    abi: str, kernel: str, key: Key, value: int | str | None, history: History = HISTORY
) -> History:
    """A history with one fact of one ABI in one kernel changed, or taken away."""
    facts = history.of_abi(abi)[kernel]
    values = {**facts.values(), key: value}
    kept = {key: one for key, one in values.items() if one is not None}
    return history.with_facts([facts_of_values(abi, facts.kernel, kept, {})])
