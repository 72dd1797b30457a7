"""The words that `docs/glossary.md` rules out are not in the project's code and documents."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = "docs/glossary.md"
TABLE = "## Words that this project does not use"
NOT_OURS = re.compile(
    r"""
    docs/releases/ | docs/(performance|peers)\.(json|svg) | examples/.*\.csv | demo/shop/ | tests/.*/data/
    | (.*/)?LICENSE$ | docs/glossary\.md$ | tests/documents/test_words\.py$
    | .*\.(csv|jsonl|svg|png|ico|woff2|zip)$
    """,
    re.VERBOSE,
)
"""Files that hold other people's data, earlier releases or measurements; and the list itself."""

KEPT = {"errand", "MARKER", "told_busy"}
"""Names in stored items and committed files, which stay: quoted, and nowhere else."""

FOREIGN = re.compile(
    r"DeleteMarkers|(Next)?KeyMarker|(Next)?VersionIdMarker|%23MARKER\w*|--strict-markers|^markers = \["
    r"|requirement\.marker\b"
)
"""Names of S3, pytest and packaging, and the stored prefix as it is encoded in a path."""


def words_of(glossary: str) -> list[str]:
    """Return the words of the glossary's last table."""
    rows = re.findall(r"^\| (.+?) \| .+? \|$", glossary.split(TABLE)[1], re.MULTILINE)
    return [word for row in rows if row not in ("not", "---") for word in row.split(", ")]


WORDS = words_of((ROOT / GLOSSARY).read_text(encoding="utf-8"))


def pattern_of(words: list[str]) -> re.Pattern[str]:
    """Return a pattern for words in prose and as parts of names, in snake case or camel case."""
    spelled = [re.escape(word).replace(r"\ ", r"[\s_]+") for word in words]
    capitals = [word.capitalize() for word in words if word.isalpha()]
    return re.compile(
        rf"(?<![A-Za-z])(?i:{'|'.join(spelled)})(?![A-Za-z])|(?<=[a-z])(?:{'|'.join(capitals)})(?![a-z])"
        rf"|(?<![A-Za-z])(?:{'|'.join(capitals)})(?=[A-Z])"
    )


PATTERN = pattern_of(WORDS)
QUOTED = re.compile(rf"""["'`#]+({"|".join(KEPT)})["'`#]+""")


def found_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line number and the word of each that should not be there."""
    for number, line in enumerate(text.splitlines(), start=1):
        for match in PATTERN.finditer(FOREIGN.sub("", QUOTED.sub("", line))):
            yield number, match.group()


def files() -> list[Path]:
    """Return the project's text files."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    names = [name for name in listed.decode().split("\0") if name and not NOT_OURS.match(name)]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_the_glossary_names_words() -> None:
    assert {"occasion", "carry out", "told"} <= {*WORDS}


@pytest.mark.parametrize(
    "text",
    ["an occasion", "OCCASION", "the_occasion", "theOccasion", "OccasionOf", "carries\tout", "carry_out"],
)
def test_a_word_is_found_however_it_is_written(text: str) -> None:
    assert [number for number, _ in found_in(text)] == [1]


@pytest.mark.parametrize("text", ["occasionally", "stolid", "item['errand']", "toldness", '"#MARKER#"'])
def test_other_words_and_stored_names_are_not_found(text: str) -> None:
    assert not [*found_in(text)]


def test_no_word_that_the_glossary_rules_out_is_used() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {word}"
        for path in files()
        for number, word in found_in(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)
