"""The text of HTML, as shops and mappings use it."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

__all__ = ["plain_text"]

_BLOCKS: Final = frozenset(
    {
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "dd",
            "div",
            "dl",
            "dt",
            "figcaption",
            "figure",
            "footer",
        ),
        *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
        *("section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    }
)
_CELLS: Final = frozenset({"td", "th"})
_HIDDEN: Final = frozenset({"script", "style", "template"})
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_SPACE: Final = re.compile(r"[ \t\n\f]+")
_LINE_BREAK: Final = re.compile(r"[ \t\f]*\n\s*")


class _Lines(HTMLParser):
    """Collects the text of HTML, a line for each block, item and ``<br>``."""

    def __init__(self, *, newlines_break: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._newlines_break = newlines_break
        self._hidden = 0
        self.lines = [""]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "br":
            self.lines.append("")
        elif tag in _BLOCKS:
            self._begin_line()
        elif tag in _CELLS:
            self._add(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self._begin_line()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        first, *others = _LINE_BREAK.split(data) if self._newlines_break else [data]
        self._add(first)
        for line in others:
            self._begin_line()
            self._add(line)

    def _begin_line(self) -> None:
        if self.lines[-1]:
            self.lines.append("")

    def _add(self, text: str) -> None:
        text = _SPACE.sub(" ", text)
        line = self.lines[-1]
        self.lines[-1] = line + (text.lstrip(" ") if not line or line.endswith(" ") else text)


def plain_text(text: str, *, newlines_break: bool = False) -> str:
    """Return the text of HTML, with a line for each paragraph, list item and ``<br>``.

    A text without tags keeps its lines.

    Parameters
    ----------
    newlines_break
        Whether a line break of the source is one of the text, as in WordPress.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _TAG.search(text) is None:
        lines = [_SPACE.sub(" ", line) for line in unescape(text).split("\n")]
    else:
        parser = _Lines(newlines_break=newlines_break)
        parser.feed(text)
        parser.close()
        lines = parser.lines
    joined = "\n".join(line.strip(" ") for line in lines)
    return re.sub(r"\n{3,}", "\n\n", joined).strip()
