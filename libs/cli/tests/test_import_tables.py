"""Imports of tables of any form: what is shown, what is stored, and what is left in the rejects file."""

from __future__ import annotations

import io
import json
import os
import sys
import threading

import pytest
from openpyxl import Workbook

HEADER = "external_id,product_name,category,base_price\n"
GIVEN = ("--vendor", "VENDOR-001", "--yes")


@pytest.fixture
def imported(inventory, services, tmp_path, capsys):
    """Import products of a file; returns the exit code, the names and prices, and the messages."""

    def call(content, name="goods.csv", *options):
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        code = inventory("import", "products", file, *GIVEN, *options)
        stored = [(product["product_name"], product["base_price"]) for product in services.products.values()]
        return code, stored, capsys.readouterr().err.replace("\n", " ")

    return call


def stdin_of(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_nothing_is_sent_from_a_file_whose_rows_cannot_be_distinguished(imported, services, tmp_path):
    rows = "".join(f"{number},Milk,Drinks,1\n" for number in range(1000))
    code, _, messages = imported(HEADER + '1,Tea,Drinks,4.50\n2,"Coffee,Drinks,1\n' + rows)
    assert code == 2
    assert "goods.csv, line 3: the quote that opens product_name is not closed" in messages
    assert services.requests == []
    assert sorted(path.name for path in tmp_path.glob("**/*")) == ["goods.csv", "imports"]


def test_misplaced_quotes_and_long_cells_are_rejected_rows_and_the_rows_add_up(imported, tmp_path):
    lines = ['1,"12" pipe",Drinks,1', f'2,"{"x" * 150_000}",Drinks,1', "3,Tea,Drinks,4.50"]
    code, stored, messages = imported(HEADER + "\n".join(lines) + "\n")
    assert (code, stored) == (3, [("Tea", 4.5)])
    assert "3 rows: 1 applied, 0 unchanged, 2 rejected." in messages
    assert "line 2: product_name: a quote within a cell is written twice" in messages
    rejects = (tmp_path / "goods.products-rejects.csv").read_text()
    assert rejects.splitlines()[1].endswith(lines[0])
    assert rejects.splitlines()[2].endswith(lines[1])


def test_the_encoding_and_the_separators_are_shown(imported, tmp_path):
    header = "external_id;product_name;category;base_price;tags\n"
    content = (header + "1;Café;Drinks;1,50;Gold, Leather, Silver\n2;Thé;;1;a, b\n").encode("cp1252")
    code, stored, messages = imported(content, "GOODS.CSV", "--decimal", ",")
    assert (code, stored) == (3, [("Café", 1.5)])
    found = "GOODS.CSV: Windows-1252 (assumed: Café; --encoding states another), separated by semicolon, "
    assert found + "tags separated by comma." in messages
    rejected = tmp_path / "GOODS.products-rejects.CSV"
    assert rejected.read_bytes().endswith(";2;Thé;;1;a, b\n".encode("cp1252"))
    corrected = rejected.read_bytes().replace("Thé;;".encode("cp1252"), "Thé;Drinks;".encode("cp1252"))
    code, stored, _ = imported(corrected, "corrected.csv", "--decimal", ",")
    assert (code, stored) == (0, [("Café", 1.5), ("Thé", 1)])


def test_what_is_stated_of_a_file_is_used(imported, services):
    header = "external_id~product_name~category~base_price~tags\n"
    content = (header + "1~Łódź~Drinks~1.500,00~a;b, c\n").encode("cp1250")
    stated = ("--separator", "~", "--encoding", "cp1250", "--decimal", ",", "--list-separator", ";")
    code, stored, messages = imported(content, "goods.txt", *stated)
    assert (code, stored) == (0, [("Łódź", 1500)])
    assert [product["tags"] for product in services.products.values()] == [["a", "b, c"]]
    assert "goods.txt: Windows-1250, separated by '~'." in messages


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--encoding", "none", "'none' is not the name of an encoding"),
        ("--separator", "ab", "'ab' is not a separator"),
        ("--sheet", "Products", "goods.csv has no sheet: remove --sheet"),
        ("--decimal", ";", "Invalid value for '--decimal'"),
        ("--list-separator", "ab", "state one character, such as a comma"),
        ("--list-separator", "\\", "state one character, such as a comma"),
    ],
)
def test_what_cannot_be_stated_is_reported(imported, services, option, value, message):
    code, _, messages = imported(HEADER, "goods.csv", option, value)
    assert code == 2
    assert message in messages
    assert services.requests == []


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_workbook_is_imported_and_its_rejects_are_csv(imported, tmp_path):
    header = HEADER.strip().split(",")
    content = workbook(header, [1, "Tea", "Drinks", 19.99], [2, "Té", None, 1.5])
    code, stored, messages = imported(content, "goods.xlsx")
    assert (code, stored) == (3, [("Tea", 19.99)])
    assert "goods.xlsx: sheet Sheet." in messages
    rejected = tmp_path / "goods.products-rejects.csv"
    assert rejected.read_text(encoding="utf-8").splitlines()[1] == "3,category: is required,2,Té,,1.5"
    assert imported(rejected.read_text().replace("Té,", "Té,Drinks"), "corrected.csv")[1][1] == ("Té", 1.5)


def test_an_array_is_imported_and_its_rejects_are_json_lines(imported, tmp_path):
    rows = [
        {"External_ID": 1, "product_name": "Tea", "category": "Drinks", "base_price": 4.5},
        {"External_ID": 2, "product_name": "Milk", "base_price": 4.5},
    ]
    code, stored, _ = imported(json.dumps(rows), "goods.json")
    assert (code, stored) == (3, [("Tea", 4.5)])
    [line] = (tmp_path / "goods.products-rejects.jsonl").read_text().splitlines()
    assert json.loads(line) == {"_line": 2, "_reason": "category: is required"} | rows[1]


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (HEADER.encode() + b"1,Tea,Drinks,4.50\n2,,Drinks,1\n", "csv"),
        (
            b'[{"external_id": "1", "product_name": "Tea", "category": "Drinks", "base_price": 4.5}, {}]',
            "jsonl",
        ),
        (workbook(HEADER.strip().split(","), ["1", "Tea", "Drinks", 4.5], ["2"]), "csv"),
    ],
)
def test_standard_input_is_imported(inventory, services, tmp_path, monkeypatch, content, suffix):
    monkeypatch.chdir(tmp_path)
    stdin_of(monkeypatch, content)
    assert inventory("import", "products", "-", *GIVEN) == 3
    assert [product["product_name"] for product in services.products.values()] == ["Tea"]
    assert (tmp_path / f"stdin.products-rejects.{suffix}").is_file()


def test_standard_input_cannot_answer_the_question(inventory, services, monkeypatch, capsys):
    stdin_of(monkeypatch, HEADER.encode())
    assert inventory("import", "products", "-", "--vendor", "VENDOR-001") == 2
    assert "Standard input cannot also answer questions: add --yes or --dry-run." in capsys.readouterr().err
    assert services.requests == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_imported_though_it_can_be_read_once(inventory, services, tmp_path):
    pipe = tmp_path / "goods"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(HEADER + "1,Tea,Drinks,4.50\n",))
    writer.start()
    try:
        assert inventory("import", "products", pipe, *GIVEN) == 0
    finally:
        writer.join(10)
    assert [product["product_name"] for product in services.products.values()] == ["Tea"]


def test_two_ids_that_look_the_same_are_not_two_products(imported):
    rows = "A1,Tea,Drinks,1\nA1 ,Tea,Drinks,1\nA1\u00a0,Tea,Drinks,1\nA1\u200b,Tea,Drinks,1\n"
    code, stored, messages = imported(HEADER + rows)
    assert (code, stored) == (3, [("Tea", 1)])
    assert "line 5: external_id: has the invisible character U+200B (zero width space)" in messages
    assert "4 rows: 3 applied, 0 unchanged, 1 rejected." in messages


def test_a_mapping_names_any_column_and_transforms_its_texts(inventory, services, tmp_path):
    file, mapping = tmp_path / "goods.csv", tmp_path / "goods.toml"
    header = '"Code","Title [en]","Price: EUR",Type\n'
    file.write_text(header + '7,"<b>Tea</b> &amp; more","1.234,50 €",Food > Tea\n')
    mapping.write_text(
        """
        decimal = ","
        [columns]
        external_id = "{code:0>3}"
        product_name = { from = "{[Title [en]]]}", apply = ["strip_html"] }
        category = { from = "{type}", split = ">", part = 1 }
        subcategory = { from = "{type}", split = ">", part = -1 }
        base_price = "{[Price: EUR]}"
        tags = { from = "{type}", split = ">", apply = "slug" }
        """,
        encoding="utf-8-sig",
    )
    assert inventory("import", "products", file, "--mapping", mapping, *GIVEN) == 0
    [product] = services.products.values()
    assert (product["external_id"], product["product_name"]) == ("007", "Tea & more")
    assert (product["category"], product["subcategory"], product["base_price"]) == ("Food", "Tea", 1234.5)
    assert product["tags"] == ["food", "tea"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe[\0c\0", "goods.toml is not a mapping: it is not UTF-8"),
        (b"columns = 1", "goods.toml is not a mapping: columns should be a table"),
        (None, "goods.toml cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_mapping_is_one_sentence(inventory, services, tmp_path, capsys, content, message):
    file, mapping = tmp_path / "goods.csv", tmp_path / "goods.toml"
    file.write_text(HEADER)
    if content is not None:
        mapping.write_bytes(content)
    assert inventory("import", "products", file, "--mapping", mapping, *GIVEN) == 2
    assert message in capsys.readouterr().err.replace("\n", " ")
    assert services.requests == []


def test_the_files_of_lookups_may_have_any_form(inventory, services, tmp_path):
    file, mapping = tmp_path / "goods.csv", tmp_path / "goods.toml"
    file.write_text(HEADER.replace("category", "Group") + "1,Tea,7 ,1\n2,Milk,8,1\n")
    (tmp_path / "groups.xlsx").write_bytes(workbook([" GROUP", "Name"], [7, "Drinks"]))
    mapping.write_text(
        '[columns]\nexternal_id = "{external_id}"\nproduct_name = "{product_name}"\ncategory = "{name}"\n'
        'base_price = "{base_price}"\n[lookup.groups]\nfile = "groups.xlsx"\nby = "group"\n'
    )
    assert inventory("import", "products", file, "--mapping", mapping, *GIVEN) == 3
    assert [product["category"] for product in services.products.values()] == ["Drinks"]
    rejects = (tmp_path / "goods.products-rejects.csv").read_text()
    assert "group: '8' is not in groups.xlsx" in rejects
