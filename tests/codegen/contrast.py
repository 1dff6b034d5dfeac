"""How well colours of a page are told apart."""

import math
import re


def colours(style: str) -> dict[str, str]:
    """The custom properties of a style that are colours."""
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", style))


def contrast_of(one: str, other: str) -> float:
    """By WCAG's definition."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (p / 12.92 if p <= 0.04045 else math.pow((p + 0.055) / 1.055, 2.4) for p in parts)
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
