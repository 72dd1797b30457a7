"""The kept folder: whose it is, which snapshot is current, and what is refused without a change."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.errors import StackError
from local.keeping.folder import (
    BUCKET_AND_KEYS,
    EVERYTHING,
    FORMAT,
    MANIFEST,
    KeptFolder,
    Snapshot,
    manifest_of,
)

MOMENT = datetime(2026, 2, 23, 10, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[KeptFolder]:
    kept = KeptFolder(tmp_path / "shop", EVERYTHING)
    yield kept
    with suppress(ValueError):  # a test has released it
        kept.release(cleanly=True)


def save(kept: KeptFolder, content: str = "content", moment: datetime = MOMENT) -> Snapshot:
    partial = kept.begin()
    data = content.encode()
    (partial / "dynamodb.jsonl").write_bytes(data)
    files = {"dynamodb.jsonl": {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}}
    manifest = manifest_of(moment, files, {"items": {}, "objects": 0})
    (partial / MANIFEST).write_text(json.dumps(manifest))
    return kept.commit(partial)


def content(path: Path) -> dict[str, bytes]:
    return {str(each.relative_to(path)): each.read_bytes() for each in path.rglob("*") if each.is_file()}


def refusal(path: Path, holds: str = EVERYTHING) -> str:
    """Return why a folder is refused, after checking that nothing in it has changed."""
    before = content(path)
    with pytest.raises(StackError) as caught:
        KeptFolder(path, holds)
    assert content(path) == before
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_new_folder_becomes_an_empty_shop_that_names_its_version(folder: KeptFolder) -> None:
    assert folder.current is None
    assert not folder.was_killed
    label = json.loads((folder.path / "shop.json").read_text())
    assert (label["format"], label["holds"]) == (FORMAT, "tables, bucket and keys")
    assert label["version"].count(".") == 2


def test_an_empty_folder_is_used_and_only_its_owner_may_read_a_new_one(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    KeptFolder(empty, EVERYTHING).release(cleanly=True)
    KeptFolder(tmp_path / "a" / "b", EVERYTHING).release(cleanly=True)
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_snapshot_is_current_once_it_is_committed_and_replaces_the_one_before(folder: KeptFolder) -> None:
    first = save(folder, "first")
    partial = folder.begin()
    (partial / "dynamodb.jsonl").write_text("half")
    assert folder.current == first
    folder.discard(partial)
    second = save(folder, "second")
    assert (first.number, second.number) == (1, 2)
    assert sorted(each.name for each in folder.path.iterdir()) == ["lock", "shop.json", "snapshot-000002"]
    assert (second.path / "dynamodb.jsonl").read_text() == "second"


def test_the_next_run_continues_with_the_current_snapshot(folder: KeptFolder) -> None:
    save(folder)
    folder.release(cleanly=True)
    again = KeptFolder(folder.path, EVERYTHING)
    assert again.current is not None
    assert again.current.spoken_moment == "2026-02-23 10:30:00 UTC"
    assert not again.was_killed
    again.release(cleanly=True)


def test_after_a_kill_the_next_run_begins_from_the_last_snapshot_and_knows_it(folder: KeptFolder) -> None:
    last = save(folder)
    partial = folder.begin()
    (partial / "dynamodb.jsonl").write_text("half")
    folder.release(cleanly=False)  # what the kernel leaves of a killed process
    again = KeptFolder(folder.path, EVERYTHING)
    assert again.was_killed
    assert again.current == last
    assert not partial.exists()
    again.release(cleanly=True)


def test_a_kill_while_the_older_snapshot_is_deleted_leaves_the_newer_one(folder: KeptFolder) -> None:
    older = save(folder, "older")
    (folder.path / "copy").mkdir()
    for each in older.path.iterdir():
        (folder.path / "copy" / each.name).write_bytes(each.read_bytes())
    newer = save(folder, "newer")
    (folder.path / "copy").rename(older.path)
    folder.release(cleanly=False)
    again = KeptFolder(folder.path, EVERYTHING)
    assert again.current == newer
    assert not older.path.exists()
    again.release(cleanly=True)


def test_a_second_run_is_refused_while_the_first_uses_the_folder(folder: KeptFolder) -> None:
    save(folder)
    assert refusal(folder.path) == (
        f"KEEP: {folder.path} is used by another run (process {os.getpid()}); stop that one, or name another "
        "folder."
    )


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert refusal(tmp_path) == (
        f"KEEP: {tmp_path} has other files (notes.txt) and no shop.json, so it is not a kept shop; name an "
        "empty folder."
    )


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StackError, match=r"file is not a folder\.$"):
        KeptFolder(tmp_path / "file", EVERYTHING)


@pytest.mark.parametrize("label", ["", "{", "[]", '{"format": 1}', '{"product": "x", "format": 1}'])
def test_a_label_of_something_else_is_refused(tmp_path: Path, label: str) -> None:
    (tmp_path / "shop.json").write_text(label)
    assert "shop.json is not one that this product has written" in refusal(tmp_path)


@pytest.mark.parametrize(("written", "age"), [(FORMAT + 1, "a newer"), (FORMAT - 1, "an older")])
def test_another_format_is_refused_with_the_version_that_wrote_it(
    folder: KeptFolder, written: int, age: str
) -> None:
    save(folder)
    folder.release(cleanly=True)
    label = json.loads((folder.path / "shop.json").read_text())
    (folder.path / "shop.json").write_text(json.dumps(label | {"format": written, "version": "7.0.0"}))
    said = refusal(folder.path)
    assert f"was written by {age} version, 7.0.0, in format {written}; " in said
    assert "Run the shop with version 7.0.0, or name another folder." in said


def test_a_snapshot_of_another_format_is_refused(folder: KeptFolder) -> None:
    snapshot = save(folder)
    folder.release(cleanly=True)
    newer = {**snapshot.manifest, "format": FORMAT + 1, "version": "7.0.0"}
    (snapshot.path / MANIFEST).write_text(json.dumps(newer))
    said = refusal(folder.path)
    assert f"{snapshot.path} was written by a newer version, 7.0.0, in format {FORMAT + 1}" in said


def test_a_truncated_or_changed_snapshot_is_refused(folder: KeptFolder) -> None:
    snapshot = save(folder)
    folder.release(cleanly=True)
    file = snapshot.path / "dynamodb.jsonl"
    for data in (b"conten", b"CONTENT", None):
        if data is None:
            file.unlink()
        else:
            file.write_bytes(data)
        assert f"{file} is incomplete or was changed" in refusal(folder.path)


@pytest.mark.parametrize("manifest", [None, "", "{}", '{"format": 1, "version": "0.1.0", "moment": "today"}'])
def test_a_snapshot_without_a_readable_manifest_is_refused(folder: KeptFolder, manifest: str | None) -> None:
    snapshot = save(folder)
    folder.release(cleanly=True)
    if manifest is None:
        (snapshot.path / MANIFEST).unlink()
    else:
        (snapshot.path / MANIFEST).write_text(manifest)
    assert f"{snapshot.path} has no readable manifest.json" in refusal(folder.path)


def test_a_shop_beside_another_dynamodb_is_not_one_with_tables(folder: KeptFolder, tmp_path: Path) -> None:
    folder.release(cleanly=True)
    assert "holds tables, bucket and keys of a shop" in refusal(folder.path, BUCKET_AND_KEYS)
    beside = tmp_path / "beside"
    KeptFolder(beside, BUCKET_AND_KEYS).release(cleanly=True)
    assert "start it with its DYNAMODB_ENDPOINT" in refusal(beside, EVERYTHING)


def test_a_run_that_was_killed_while_it_created_the_shop_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "shop.json.partial").write_text("{")
    KeptFolder(tmp_path, EVERYTHING).release(cleanly=True)
    assert json.loads((tmp_path / "shop.json").read_text())["format"] == FORMAT


def test_a_folder_that_cannot_be_created_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="Not a directory"):
        KeptFolder(tmp_path / "file" / "shop", EVERYTHING)
