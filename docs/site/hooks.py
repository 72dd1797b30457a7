"""What `mkdocs build` does with the documents beside its usual work.

The documents are written for GitHub: they link to files outside this folder, have lists without a blank line
above, and diagrams in Mermaid, whose script other sites load from elsewhere.  So that the site is complete by
itself,

- each file that a document links to becomes a page below ``repository/``, and the links lead there;
- lists are indented as Python-Markdown wants them;
- a state diagram becomes a table of its transitions;
- the services' reference pages (Redoc) are copied to ``reference-pages/`` and embedded.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from posixpath import dirname, normpath, relpath
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
DOCS = "docs/"
REPOSITORY = "repository/"
REFERENCE_PAGES = "reference-pages"

LANGUAGES = {".py": "python", ".json": "json", ".toml": "toml", ".tf": "terraform", ".tfvars": "terraform"}
FENCE = re.compile(r"^( *)(`{3,}).*?^\1\2$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(\[(?:[^\]\[]|\[[^\]]*\])*\])\(([^()\s]+)\)")
MARK = re.compile(r"^ *<!-- (?:needs|run by) .*-->\n", re.MULTILINE)
EMBEDDED = re.compile(r"<!-- reference page: (\w+) -->")
DIAGRAM = re.compile(r"^```mermaid\nstateDiagram-v2\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ARROW = re.compile(r"^\s*(\S+) --> (\w+): (.+)$", re.MULTILINE)
ITEM = re.compile(r"( *)(?:[-*]|\d+\.) +(?=\S)")


def outside_fences(text: str, change: Callable[[str], str]) -> str:
    """Return a text with the parts between its fenced blocks changed."""
    parts, end = [], 0
    for fence in FENCE.finditer(text):
        parts += [change(text[end : fence.start()]), fence.group()]
        end = fence.end()
    return "".join([*parts, change(text[end:])])


def path_of(src_uri: str) -> str:
    """Return the path in the repository of a page of the site."""
    return src_uri.removeprefix(REPOSITORY) if src_uri.startswith(REPOSITORY) else DOCS + src_uri


def page_of(path: str) -> str:
    """Return the page of the site that shows a file of the repository."""
    if path.startswith(DOCS):
        return path.removeprefix(DOCS)
    return REPOSITORY + (path if path.endswith(".md") else f"{path}.md")


def is_relative(link: str) -> bool:
    """Return whether a link leads to another file of the repository."""
    return not re.match(r"[a-z]+:|#|/", link)


def linked_from(path: str, text: str) -> Iterator[str]:
    """Yield the paths in the repository that the links of a document lead to."""
    found: list[str] = []
    outside_fences(text, lambda part: found.extend(link for _, link in LINK.findall(part)) or "")
    for link in found:
        if is_relative(link):
            yield normpath(f"{dirname(path)}/{link.partition('#')[0]}").lstrip("/")


def with_links(text: str, src_uri: str) -> str:
    """Return a document whose links lead to pages of the site."""
    path = path_of(src_uri)

    def changed(match: re.Match[str]) -> str:
        shown, link = match.groups()
        if not is_relative(link):
            return match.group()
        file, mark, anchor = link.partition("#")
        page = page_of(normpath(f"{dirname(path)}/{file}").lstrip("/"))
        return f"{shown}({relpath(page, dirname(src_uri) or '.')}{mark}{anchor})"

    return outside_fences(text, lambda part: LINK.sub(changed, part))


def with_wide_lists(text: str) -> str:
    """Return a document with a blank line above each list, and its items indented by four blanks a level."""
    lines: list[str] = []
    items: list[int] = []  # where the text of each enclosing item begins
    fence = ""
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        if not line.strip():
            lines.append("")
            continue
        if not fence:
            while items and indent < items[-1]:
                items.pop()
        moved = " " * 4 * len(items) + line[min(indent, items[-1] if items else 0) :]
        item = None if fence else ITEM.match(line)
        if item and indent - (items[-1] if items else 0) < 4:
            before = lines[-1] if lines else ""
            if before.strip() and not ITEM.match(before) and not before.startswith(" "):
                lines.append("")
            items.append(item.end())
        if opened := re.match(r" *(`{3,})", line):
            fence = "" if fence else opened[1]
        lines.append(moved)
    return "\n".join(lines) + "\n"


def with_tables_for_diagrams(text: str) -> str:
    """Return a document whose state diagrams are tables of their transitions."""

    def table(diagram: re.Match[str]) -> str:
        rows = [
            f"| {'' if start == '[*]' else f'`{start}`'} | {event} | `{end}` |"
            for start, end, event in ARROW.findall(diagram[1])
        ]
        return "\n".join(["| from | command | to |", "|---|---|---|", *rows])

    return DIAGRAM.sub(table, text)


def source_page(path: str) -> str:
    """Return a page that shows a file of the repository."""
    file = ROOT / path
    language = LANGUAGES.get(file.suffix, "text")
    fence = "`" * 5
    return (
        "---\nsearch:\n  exclude: true\nhide:\n  - toc\n---\n\n"
        f"# {path}\n\n{fence}{language}\n{file.read_text(encoding='utf-8').rstrip()}\n{fence}\n"
    )


def on_files(files: Files, config: Any) -> Files:
    """Add the files outside this folder that documents link to, directly or through each other."""
    pages = {path_of(file.src_uri) for file in files.documentation_pages()}
    waiting, seen = [*pages], {*pages}
    while waiting:
        path = waiting.pop()
        for linked in linked_from(path, (ROOT / path).read_text(encoding="utf-8")):
            if linked in seen or linked.startswith(DOCS) or not (ROOT / linked).is_file():
                continue
            seen.add(linked)
            if linked.endswith(".md"):
                waiting.append(linked)
                content = (ROOT / linked).read_text(encoding="utf-8")
            else:
                content = source_page(linked)
            files.append(File.generated(config, page_of(linked), content=content))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Return a document as Python-Markdown wants it."""
    src_uri = page.file.src_uri
    if src_uri.startswith(REPOSITORY) and not (ROOT / path_of(src_uri)).is_file():
        return markdown  # a page of a source file
    up = relpath(".", dirname(src_uri) or ".")
    frame = rf'<iframe class="reference" title="\1" src="{up}/{REFERENCE_PAGES}/\1/index.html"></iframe>'
    if EMBEDDED.search(markdown):
        page.meta["hide"] = ["navigation", "toc"]  # the reference page needs the width
    markdown = with_tables_for_diagrams(MARK.sub("", markdown))
    return EMBEDDED.sub(frame, with_wide_lists(with_links(markdown, src_uri)))


def on_post_build(config: Any) -> None:
    """Write the services' reference pages into the site."""
    sys.path.insert(0, str(ROOT))
    try:
        from tools.openapi.pages import write_pages
    finally:
        sys.path.remove(str(ROOT))
    write_pages(Path(config.site_dir) / REFERENCE_PAGES)
