"""Texts as mappings transform them."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import Final

__all__ = ["slug", "text_of_html"]

_LETTERS: Final = str.maketrans(
    {
        "\u00df": "ss",
        "\u1e9e": "ss",
        "\u00e6": "ae",
        "\u00c6": "ae",
        "\u0153": "oe",
        "\u0152": "oe",
        "\u00f8": "o",
        "\u00d8": "o",
        "\u0142": "l",
        "\u0141": "l",
        "\u0111": "d",
        "\u0110": "d",
        "\u00f0": "d",
        "\u00d0": "d",
        "\u00fe": "th",
        "\u00de": "th",
        "\u0131": "i",
    }
)
"""Letters that Unicode does not decompose."""
_BLOCKS: Final = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "footer"),
        *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
        *("section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)
_LEFT_OUT: Final = frozenset({"head", "script", "style", "template", "title"})


def slug(text: str) -> str:
    """Return a text in lower case, with accents removed and hyphens for everything but letters and digits."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def text_of_html(text: str) -> str:
    """Return the text that HTML shows: a line for each block, without markup, scripts and comments."""
    parser = _TextParser()
    parser.feed(text)
    parser.close()
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(parser.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


class _TextParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._left_out = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LEFT_OUT:
            self._left_out += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _LEFT_OUT:
            self._left_out = max(0, self._left_out - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self.pieces.append(re.sub(r"\s", " ", data))
