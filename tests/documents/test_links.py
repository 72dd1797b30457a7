"""Every link of a document leads somewhere, and every document is two links from the README."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, normpath

import pytest

from tests.documents.blocks import ROOT, documents, read

STEPS = 2
FIRST = "README.md"
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


@pytest.mark.parametrize("document", documents())
def test_every_link_leads_to_a_file_and_a_heading(document: str) -> None:
    assert [*broken(document, read(document))] == []


def test_every_document_is_two_links_from_the_readme() -> None:
    reached = {FIRST}
    for _ in range(STEPS):
        reached |= {
            target(document, link)
            for document in reached
            if document.endswith(".md")
            for link in links(read(document))
            if not is_foreign(link)
        }
    assert {*documents()} - reached == set()


def test_the_readme_is_short() -> None:
    assert len(read(FIRST).splitlines()) <= 150


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Commands that finish later", "commands-that-finish-later"),
        ("What `make deploy` does", "what-make-deploy-does"),
        ("1 Overview", "1-overview"),
        ("What it shows, and what it does not", "what-it-shows-and-what-it-does-not"),
        ("Service root: `terraform/service`", "service-root-terraformservice"),
        ("[0001](0001-layout.md) Layout", "0001-layout"),
    ],
)
def test_anchors_are_those_of_github(heading: str, name: str) -> None:
    assert anchor(heading) == name


def test_headings_that_occur_again_are_numbered() -> None:
    assert anchors("# A\n## B\n## A\n```\n# no heading\n```\n## A\n") == ["a", "b", "a-1", "a-2"]


@pytest.mark.parametrize(
    "link", ["absent.md", "index.md#absent", "#absent", "../README.md#five", "decisions", "../../outside.md"]
)
def test_a_broken_link_is_found(link: str) -> None:
    assert len([*broken("docs/index.md", f"# Page\n\nSee [it]({link}).\n")]) == 1


@pytest.mark.parametrize("link", ["orders.md", "#page", "../README.md#two-commands", "https://example.org/"])
def test_other_links_are_not(link: str) -> None:
    assert [*broken("docs/index.md", f"# Page\n\nSee [it]({link}), and `[code](absent.md)`.\n")] == []
