"""The links of documents, and the anchors of their headings on GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, normpath

from tests.documents.blocks import ROOT, read

LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)


def without_code(text: str) -> str:
    """Return a document without its blocks and its code in lines, which have no links and no headings."""
    text = re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<!`)`[^`\n]+`(?!`)", "code", text)


def links(text: str) -> list[str]:
    return LINK.findall(without_code(text))


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives to a heading."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(text: str) -> list[str]:
    """Return the anchors of all headings; GitHub numbers those that occur again."""
    found: list[str] = []
    for heading in HEADING.findall(re.sub(r"^( *)```.*?^\1```$", "", text, flags=re.MULTILINE | re.DOTALL)):
        name = anchor(heading)
        again = sum(re.fullmatch(rf"{re.escape(name)}(-\d+)?", each) is not None for each in found)
        found.append(f"{name}-{again}" if again else name)
    return found


def target(document: str, link: str) -> str:
    """Return the path in the repository that a link of a document leads to."""
    path = link.partition("#")[0]
    return normpath(f"{dirname(document)}/{path}").lstrip("/") if path else document


def is_foreign(link: str) -> bool:
    return link.startswith(("https://", "http://", "mailto:"))


def broken(document: str, text: str) -> Iterator[str]:
    """Yield what is wrong with the links of a document's text."""
    for link in links(text):
        if is_foreign(link):
            continue
        path = target(document, link)
        if not (ROOT / path).is_file():
            yield f"{link}: no file {path}"
        elif "#" in link and link.partition("#")[2] not in anchors(text if path == document else read(path)):
            yield f"{link}: {path} has no such heading"
