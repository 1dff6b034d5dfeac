"""The model to text. What it looks like is in templates/; here is what a template says badly."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from codegen.atlas import Atlas
from codegen.documentation import Entry
from codegen.model import Model

_TEMPLATES = Path(__file__).parent / "templates"
_COLUMNS = 100  # as .clang-format
_ROOT = "linux_aio/raw"


def render(model: Model) -> dict[str, str]:
    """The files of `generated/`: path within it to text."""
    environment = _environment(autoescape=False)
    environment.filters["comment"] = _comment
    environment.globals["model"] = model

    def text(template: str, **context: object) -> str:
        return environment.get_template(template).render(**context)

    files = {
        f"{_ROOT}/abi.hpp": text("abi.hpp.j2"),
        f"{_ROOT}/types.hpp": text("types.hpp.j2"),
        f"{_ROOT}/supplement.hpp": text("supplement.hpp.j2"),
        f"{_ROOT}/constants.hpp": text("constants.hpp.j2"),
    }
    for group in model.groups:
        files[f"{_ROOT}/constants/{group.name}.hpp"] = text("constants_group.hpp.j2", group=group)
    for abi in model.abis:
        files[f"{_ROOT}/abi/{abi.row.name}.hpp"] = text("abi_row.hpp.j2", abi=abi)
    return files


def render_atlas(atlas: Atlas) -> dict[str, str]:
    """The page in `generated/`: path within it to text."""
    environment = _environment(autoescape=True)
    environment.filters["breakable"] = _breakable
    environment.filters["until"] = _until
    return {"atlas.html": environment.get_template("atlas.html.j2").render(atlas=atlas)}


def _environment(autoescape: bool) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=autoescape,
    )


def _breakable(name: str) -> Markup:
    """A name that may go on in the next line after each underscore."""
    return Markup("_<wbr>").join(escape(part) for part in name.split("_"))


def _until(kernels: Sequence[str]) -> str:
    """Neighbouring kernels as one word: 5.10–7.3, or the only one."""
    return "–".join(dict.fromkeys((kernels[0], kernels[-1])))


def _comment(text: str | Entry, indent: int = 0, marker: str = "///") -> str:
    """A comment of whole lines, all but the first indented."""
    prefix = " " * indent + marker + " "
    lines = textwrap.wrap(
        str(text), _COLUMNS - len(prefix), break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(prefix + line for line in lines).lstrip()
