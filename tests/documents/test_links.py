"""Every link of a document leads somewhere, and every document is two links from the README."""

from __future__ import annotations

import pytest

from tests.documents.blocks import documents, read
from tests.documents.links import anchor, anchors, broken, is_foreign, links, target

STEPS = 2
FIRST = "README.md"


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
