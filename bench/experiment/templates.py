"""What Jinja2 makes SVG and HTML of."""

from pathlib import Path

import jinja2

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=True,
)


def render(name: str, **values: object) -> str:
    """The template with the values in it, escaped."""
    return _ENVIRONMENT.get_template(name).render(**values)
