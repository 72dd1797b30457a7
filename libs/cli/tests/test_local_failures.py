"""Full disks, unwritable folders, broken journals and interrupted questions: a sentence and an exit code."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest
from served_services import served, start
from shop_files import VENDOR, Terminal, latest_import, products_csv

from inventory_cli import exit_codes
from inventory_cli.imports.journal import Journal


@pytest.fixture
def imported(inventory):
    return lambda file, *options: inventory(
        "import", "products", file, "--vendor", VENDOR, *(options or ("--yes",))
    )


def said(capsys):
    """Return what was said on standard error, in one line."""
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err
    return " ".join(shown.err.split())


# The question


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "what\n"])
def test_anything_but_yes_changes_nothing(imported, services, tmp_path, monkeypatch, capsys, answer):
    monkeypatch.setattr("sys.stdin", Terminal(answer))  # An empty one is Ctrl-D.
    assert imported(products_csv(tmp_path, "1,Tea,Drinks,4.50,,"), "--concurrency", 1) == 130
    assert "Nothing was changed." in said(capsys)
    assert services.writes() == []
    assert list((tmp_path / "imports").glob("*")) == []


def test_yes_imports(imported, services, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert imported(products_csv(tmp_path, "1,Tea,Drinks,4.50,,"), "--concurrency", 1) == 0
    assert len(services.products) == 1


def test_ctrl_c_at_the_question_changes_nothing(imported, services, tmp_path, monkeypatch, capsys):
    class Interrupted(Terminal):
        def readline(self, *arguments):
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", Interrupted())
    assert imported(products_csv(tmp_path, "1,Tea,Drinks,4.50,,"), "--concurrency", 1) == 130
    assert "Nothing was changed." in said(capsys)
    assert services.writes() == []


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_an_undo_that_is_not_confirmed_undoes_nothing(
    inventory, imported, services, tmp_path, monkeypatch, capsys, answer
):
    assert imported(products_csv(tmp_path, "1,Tea,Drinks,4.50,,")) == 0
    import_id = latest_import(inventory, capsys)["import_id"]
    writes = services.writes()
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert inventory("import", "undo", import_id) == 130
    assert services.writes() == writes


# Folders and disks


def test_a_journal_that_cannot_be_begun_sends_nothing(imported, services, tmp_path, capsys):
    (tmp_path / "imports").write_text("a file, where a folder should be")
    assert imported(products_csv(tmp_path, "1,Tea,Drinks,4.50,,")) == 2
    shown = said(capsys)
    assert "cannot be written" in shown
    assert "INVENTORY_STATE" in shown
    assert services.requests == []


@pytest.mark.skipif(os.geteuid() == 0, reason="Root may write everywhere.")
def test_a_journal_in_an_unwritable_folder_sends_nothing(imported, services, tmp_path, capsys):
    (tmp_path / "imports").mkdir(mode=0o500)
    assert imported(products_csv(tmp_path, "1,Tea,Drinks,4.50,,")) == 2
    assert "cannot be written" in said(capsys)
    assert services.requests == []


def full_at(pages, monkeypatch):
    """Let journals have no more pages: SQLite then says that the disk is full."""
    begin = Journal.begin

    def begin_full(cls, *arguments):
        journal = begin(*arguments)
        journal._db.execute(f"PRAGMA max_page_count = {pages}")
        return journal

    monkeypatch.setattr(Journal, "begin", classmethod(begin_full))


@pytest.mark.parametrize("pages", [1, 16, 24, 32, 48])
def test_a_full_disk_ends_an_import_whose_undo_is_complete(
    inventory, imported, services, tmp_path, monkeypatch, capsys, pages
):
    with monkeypatch.context() as patched:
        full_at(pages, patched)
        rows = [f"{number},Tea {'a' * 150} {number},Drinks,1,," for number in range(400)]
        code = imported(products_csv(tmp_path, *rows))
    shown = said(capsys)
    assert code == exit_codes.LOCAL_FAILURE
    assert "The journal of the import cannot be read or written: database or disk is full" in shown
    if services.products:
        listed = latest_import(inventory, capsys)
        assert inventory("import", "undo", listed["import_id"], "--yes") == 0
        assert not any(each["is_active"] for each in services.products.values())


def test_a_full_disk_while_requests_are_sent_leaves_what_was_sent_to_undo(
    inventory, imported, services, tmp_path, monkeypatch, capsys
):
    finish, finished = Journal.finish, []

    def full(journal, *arguments, **options):
        finished.append(arguments)
        if len(finished) > 3:
            raise sqlite3.OperationalError("database or disk is full")
        finish(journal, *arguments, **options)

    file = products_csv(tmp_path, *(f"{number},Tea {number},Drinks,1,," for number in range(20)))
    with monkeypatch.context() as patched:
        patched.setattr(Journal, "finish", full)
        assert imported(file, "--yes", "--concurrency", 4) == exit_codes.LOCAL_FAILURE
    listed = latest_import(inventory, capsys)
    assert (listed["done"], len(services.products) > 3) == (3, True)
    assert inventory("import", "undo", listed["import_id"], "--yes") == 0
    assert not any(each["is_active"] for each in services.products.values())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="No device is always full here.")
@pytest.mark.parametrize("options", [("--yes",), ("--dry-run",)])
def test_rejects_that_do_not_fit_on_the_disk_are_reported(imported, services, tmp_path, capsys, options):
    rejects = tmp_path / "products.products-rejects.csv"
    rejects.write_text("an earlier run\n")
    (tmp_path / f".{rejects.name}.part").symlink_to("/dev/full")
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,", "2,,Drinks,1,,")
    assert imported(file, *options) == exit_codes.LOCAL_FAILURE
    shown = said(capsys)
    assert f"The rejected rows cannot be written to {rejects}: No space left on device" in shown
    assert rejects.read_text() == "an earlier run\n"
    assert not (tmp_path / f".{rejects.name}.part").is_symlink()
    if options == ("--yes",):
        assert "2 rows: 1 applied, 0 unchanged, 1 rejected." in shown
        assert "To undo this import: inventory import undo" in shown
    assert len(services.products) == (options == ("--yes",))


def test_a_folder_where_the_rejects_should_be_is_reported(imported, tmp_path, capsys):
    (tmp_path / "products.products-rejects.csv").mkdir()
    assert imported(products_csv(tmp_path, "2,,Drinks,1,,")) == exit_codes.LOCAL_FAILURE
    assert "The rejected rows cannot be written" in said(capsys)


def test_a_dry_run_writes_the_rejects_and_removes_none(imported, tmp_path):
    rejects = tmp_path / "products.products-rejects.csv"
    assert imported(products_csv(tmp_path, "2,,Drinks,1,,"), "--dry-run") == 3
    assert "product_name: is required" in rejects.read_text()
    assert imported(products_csv(tmp_path, "2,Tea,Drinks,1,,"), "--dry-run") == 0
    assert rejects.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="No device is always full here.")
def test_output_that_does_not_fit_on_the_disk_is_reported(services, inventory, imported, tmp_path):
    assert imported(products_csv(tmp_path, "1,Tea,Drinks,4.50,,")) == 0
    with served(services) as url, Path("/dev/full").open("w") as full:
        for shape in (("--json",), ()):
            process = start(
                url, tmp_path, "products", "list", "--vendor", VENDOR, *shape, stdout=full.fileno()
            )
            _, err = process.communicate(timeout=60)
            assert "Traceback" not in err
            assert "No space left on device" in err
            assert process.returncode == exit_codes.LOCAL_FAILURE


# Journals


def damaged(folder):
    """Write files into the folder of journals that are none, and return their names."""
    folder.mkdir(exist_ok=True)
    (folder / "a-text.sqlite").write_text("not a database, but long enough to have a header" * 50)
    (folder / "b-empty.sqlite").write_bytes(b"")
    with sqlite3.connect(folder / "c-foreign.sqlite") as foreign:
        foreign.execute("CREATE TABLE photos (name TEXT)")
    foreign.close()
    with sqlite3.connect(folder / "d-begun.sqlite") as begun:
        begun.executescript(
            "CREATE TABLE facts (name TEXT, value TEXT); CREATE TABLE rows (a); CREATE TABLE units (a)"
        )
    begun.close()
    with sqlite3.connect(folder / "e-unknown.sqlite") as unknown:
        unknown.executescript(
            "CREATE TABLE facts (name TEXT, value TEXT); CREATE TABLE rows (a); CREATE TABLE units (a);"
            "INSERT INTO facts VALUES ('kind', 'photos')"
        )
    unknown.close()
    (folder / "f-folder.sqlite").mkdir()
    return ["a-text", "b-empty", "c-foreign", "d-begun", "e-unknown"]


def test_broken_journals_are_named_and_the_others_listed(inventory, imported, tmp_path, capsys):
    assert imported(products_csv(tmp_path, "1,Tea,Drinks,4.50,,")) == 0
    names = damaged(tmp_path / "imports")
    before = {path: path.read_bytes() for path in (tmp_path / "imports").glob("[a-d]-*")}
    capsys.readouterr()
    assert inventory("import", "list", "--json") == 0
    shown = capsys.readouterr()
    [listed] = [json.loads(line) for line in shown.out.splitlines()]
    assert listed["done"] == 1
    assert len(shown.err.splitlines()) == len(names)
    for name in names:
        assert f"{name}.sqlite" in shown.err
    for name in names:
        assert inventory("import", "undo", name, "--yes") == 2
        assert f"{name}.sqlite" in said(capsys)
    # They belong to somebody else: opening them changes nothing.
    assert {path: path.read_bytes() for path in before} == before


def test_a_truncated_journal_is_named(inventory, imported, tmp_path, capsys):
    file = products_csv(tmp_path, *(f"{number},Tea {number},Drinks,1,," for number in range(300)))
    assert imported(file) == 0
    [journal] = (tmp_path / "imports").glob("*.sqlite")
    content = journal.read_bytes()
    for kept in (len(content) // 2, 5000, 100, 16):
        journal.write_bytes(content[:kept] + b"\xff" * 200)
        capsys.readouterr()
        assert inventory("import", "list") == 0
        assert inventory("import", "undo", journal.stem, "--yes") in (2, exit_codes.LOCAL_FAILURE)
        assert str(journal) in said(capsys) or kept > 4096


def test_broken_journals_do_not_keep_an_import_from_reading_others(
    inventory, imported, services, tmp_path, capsys
):
    file = products_csv(tmp_path, "1,Tea,Drinks,4.50,,")
    assert imported(file) == 0
    assert inventory("import", "undo", latest_import(inventory, capsys)["import_id"], "--yes") == 0
    damaged(tmp_path / "imports")
    assert imported(file) == 0
    [tea] = services.products.values()
    assert tea["is_active"] is True


def test_a_journal_of_an_earlier_version_is_undone(inventory, imported, services, tmp_path, capsys):
    assert imported(products_csv(tmp_path, "1,Tea,Drinks,4.50,,")) == 0
    listed = latest_import(inventory, capsys)
    journal = tmp_path / "imports" / f"{listed['import_id']}.sqlite"
    with sqlite3.connect(journal) as old:
        old.execute("ALTER TABLE units DROP COLUMN stays_inactive")
        old.execute("DELETE FROM facts WHERE name = 'request_key'")
    old.close()
    assert inventory("import", "undo", listed["import_id"], "--yes") == 0
    [tea] = services.products.values()
    assert tea["is_active"] is False


# Interruptions


def test_an_import_that_is_interrupted_says_how_to_undo_it(inventory, imported, services, tmp_path, capsys):
    def interrupt(request):
        if b"Tea 3" in request.content:
            raise KeyboardInterrupt

    services.intercept = interrupt
    file = products_csv(tmp_path, *(f"{number},Tea {number},Drinks,1,," for number in range(9)))
    assert imported(file) == 130
    shown = said(capsys)
    services.intercept = None
    listed = latest_import(inventory, capsys)
    assert f"inventory import undo {listed['import_id']}" in shown
    assert inventory("import", "undo", listed["import_id"], "--yes") == 0
    assert not any(each["is_active"] for each in services.products.values())


def test_a_request_whose_answer_is_lost_is_undone(inventory, imported, services, tmp_path, capsys):
    def lose_the_answer(request):
        if request.method == "POST" and request.url.path == "/products":
            services.route(request)
            raise KeyboardInterrupt

    services.intercept = lose_the_answer
    assert imported(products_csv(tmp_path, "1,Tea,Drinks,4.50,,")) == 130
    services.intercept = None
    listed = latest_import(inventory, capsys)
    assert (listed["done"], listed["sending"]) == (0, 1)
    assert inventory("import", "undo", listed["import_id"], "--yes") == 0
    [tea] = services.products.values()
    assert tea["is_active"] is False
    assert latest_import(inventory, capsys)["undone"] == 1
