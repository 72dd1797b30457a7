"""Mappings name any column, and transform its texts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory_imports.cells import Unreadable
from inventory_imports.html_text import plain_text
from inventory_imports.mapping import LeftOut, RowUnmappable, read_mapping
from inventory_imports.tables import FileError
from inventory_imports.texts import slug


def mapped(column, row, *, more=""):
    """Return the value of a column that a mapping describes."""
    mapping = read_mapping(f"{more}\n[columns]\nname = {column}\n", "goods.toml")
    return mapping.attributes(row)["name"]


@pytest.mark.parametrize(
    ("template", "row", "text"),
    [
        ("{Price: EUR}", {"Price": "x"}, None),
        ("{[Price: EUR]}", {"Price: EUR": "4.50"}, "4.50"),
        ("{[Price [net]]]}", {"Price [net]": "4.50"}, "4.50"),
        ("{[a{b}]}", {"a{b}": "4.50"}, "4.50"),
        ("{[Price: EUR]:0>6}", {"Price: EUR": "4.50"}, "004.50"),
        ("{a.b}", {"a.b": "1"}, "1"),
        ("{a!r}", {"a!r": "1"}, "1"),
        ("{0}", {"0": "1"}, "1"),
        ("{ SKU }", {" sku": "1"}, "1"),
        ("{SKU:0>3}-{sku:.2}", {"Sku": " 7 "}, "007-7"),
        ("{{{a}}}", {"a": "1"}, "{1}"),
        ("", {}, ""),
        ("Retail", {}, "Retail"),
        ("{a}/{b}", {"a": 5, "b": Decimal("1.50")}, "5/1.50"),
        ("{a}{b}", {"a": True, "b": None}, "true"),
        ("{a} ", {"a": ["x", "y|z"]}, "x|y\\|z "),
    ],
)
def test_a_template_names_any_column(template, row, text):
    if text is None:
        with pytest.raises(FileError, match="is not a template"):
            mapped(f"'{template}'", row)
    else:
        assert mapped(f"'{template}'", row) == text


@pytest.mark.parametrize("value", [5, Decimal("1.50"), ["a"], {"a": "b"}, True, None, " a "])
def test_a_column_that_stands_alone_keeps_its_value(value):
    assert mapped('"{a}"', {"a": value}) == value


@pytest.mark.parametrize(
    ("column", "row", "value"),
    [
        ('{ first_of = ["{a}", "{b}"] }', {"a": "", "b": "x"}, "x"),
        ('{ first_of = ["{a}", "{b}"] }', {"a": " \u00a0", "b": "x"}, "x"),
        ('{ first_of = ["{a}", "none"] }', {"a": None}, "none"),
        ('{ from = "{a}", apply = "slug" }', {"a": "Größe: L / Rot"}, "grosse-l-rot"),
        ('{ from = "{a}", apply = ["slug", "upper"] }', {"a": "Café Crème"}, "CAFE-CREME"),
        ('{ from = "{a}", apply = ["lower"] }', {"a": "ABC"}, "abc"),
        ('{ from = "{a}", split = ">" }', {"a": "Food > Tea >"}, ["Food", "Tea"]),
        ('{ from = "{a}", split = ">", part = 1 }', {"a": "Food > Tea"}, "Food"),
        ('{ from = "{a}", split = ">", part = -1 }', {"a": "Food > Tea"}, "Tea"),
        ('{ from = "{a}", split = ">", part = 3 }', {"a": "Food > Tea"}, ""),
        ('{ from = "{a}", split = ">", part = -3 }', {"a": "Food > Tea"}, ""),
        ('{ from = "{a}", split = ",", apply = ["upper"] }', {"a": "a, b"}, ["A", "B"]),
        ('{ from = "{a}", apply = ["strip_html"] }', {"a": "<p>A &amp; B<br>C</p>"}, "A & B\nC"),
        ('{ from = "{a}", decimal = "," }', {"a": "1.234,50 €"}, Decimal("1234.50")),
        ('{ from = "{a}", decimal = "," }', {"a": Decimal("4.125")}, Decimal("4.125")),
        ('{ from = "{a}", decimal = "," }', {"a": ""}, ""),
    ],
)
def test_a_table_states_how_a_column_is_made(column, row, value):
    assert mapped(column, row) == value


def test_a_number_of_another_format_rejects_the_row():
    with pytest.raises(RowUnmappable, match=r"name: should be a number such as 1\.234,50, not '1\.5'"):
        mapped('{ from = "{a}", decimal = "," }', {"a": "1.5"})


def test_a_cell_whose_value_cannot_be_used_rejects_the_row_where_it_is_needed():
    row = {"a": Unreadable("cell A1 holds #N/A"), "b": "x"}
    assert mapped('"{b}"', row) == "x"
    for template in ('"{a}"', '"{a}-{b}"', '{ first_of = ["{a}", "{b}"] }'):
        with pytest.raises(RowUnmappable, match="name: cell A1 holds #N/A"):
            mapped(template, row)


def test_columns_of_rows_lookups_and_rules_are_found_without_case_and_blanks():
    mapping = read_mapping(
        '[columns]\nname = "{Title} {Colour}"\n[leave_out]\nCODE = "POST"\n'
        '[lookup.a]\nfile = "a.csv"\nby = "Code"\n',
        "goods.toml",
    )
    row = {" code": " 7 ", "TITLE": "Tea"}
    assert mapping.attributes(row, lambda lookup, text: {"COLOUR ": f"no. {text}"}) == {"name": "Tea no. 7"}
    with pytest.raises(LeftOut, match="CODE is POST"):
        mapping.attributes({"Code": "POST "})
    assert mapping.missing_columns([" title", "Colour", "code "]) == []
    assert mapping.missing_columns(["title"]) == ["CODE", "Code", "Colour"]


def test_values_are_replaced_and_numbers_by_their_texts():
    more = '[values.name]\n"1" = "true"\n"" = "empty"\n"*" = "other"\n'
    for value, text in (
        ("1", "true"),
        (1, "true"),
        (" 1 ", "true"),
        ("", "empty"),
        (None, "empty"),
        ("2", "other"),
    ):
        assert mapped('"{a}"', {"a": value}, more=more) == text
    assert mapped('"{a}"', {"a": ["1"]}, more=more) == ["1"]


def test_a_mapping_states_the_formats_of_its_file():
    text = '\ufeffdecimal = ","\nlist_separator = ";"\n[columns]\nname = "{a}"\n'
    formats = read_mapping(text, "goods.toml").formats
    assert (formats.decimal, formats.list_separator) == (",", ";")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "it requires [columns]"),
        ("x", "Expected '='"),
        ("columns = 1", "columns should be a table"),
        ('columns = "x"', "columns should be a table"),
        ("[columns]\na = 1", "columns.a: 1 is not a template"),
        ("[columns]\na = ['{b}']", "is not a template"),
        ("[columns]\na = '{}'", "is not a template"),
        ("[columns]\na = '{[b}'", "is not a template"),
        ("[columns]\na = '}'", "is not a template"),
        ("[columns]\na = '{b:>999999999}'", "is not a template"),
        ("[columns]\na = '{b:d}'", "is not a template"),
        ("[columns]\na = {}", "columns.a requires from"),
        ("[columns]\na = { from = 1 }", "columns.a should be a text in quotes"),
        ("[columns]\na = { from = 'x', first_of = ['y'] }", "columns.a requires from"),
        ("[columns]\na = { first_of = 'y' }", "columns.a requires from"),
        ("[columns]\na = { from = '{b}', form = 1 }", "columns.a has the unknown form"),
        ("[columns]\na = { from = '{b}', part = 1 }", "columns.a.part should be the number of a part"),
        ("[columns]\na = { from = '{b}', split = '' }", "columns.a.split should be the text"),
        ("[columns]\na = { from = '{b}', split = ',', part = 0 }", "columns.a.part should be the number"),
        ("[columns]\na = { from = '{b}', split = ',', part = true }", "columns.a.part should be the number"),
        ("[columns]\na = { from = '{b}', apply = ['sort'] }", "columns.a.apply should be a list of slug"),
        ("[columns]\na = { from = '{b}', apply = [1] }", "columns.a.apply should be a list of slug"),
        ("[columns]\na = { from = '{b}', apply = 1 }", "columns.a.apply should be a list of slug"),
        ("[columns]\na = { from = '{b}', decimal = 1 }", 'decimal should be "." or ","'),
        ("decimal = ';'\n[columns]\na = '{b}'", 'decimal should be "." or ","'),
        ("decimal = []\n[columns]\na = '{b}'", 'decimal should be "." or ","'),
        ("list_separator = 1\n[columns]\na = '{b}'", "list_separator should be one character"),
        ("repeated = []\n[columns]\na = '{b}'", 'repeated is "first" or "refuse"'),
        ("values = 1\n[columns]\na = '{b}'", "values should be a table"),
        ("[columns]\na = '{b}'\n[values]\na = 1", "a should be a table"),
        ("[columns]\na = '{b}'\n[values.a]\n0 = true", "values.a.0 should be a text in quotes"),
        ("[columns]\na = '{b}'\n[leave_out]\nb = 1", "leave_out.b should be a text in quotes"),
        ("[columns]\na = '{b}'\n[leave_out]\nb = '('", "missing ), unterminated subpattern"),
        ("lookup = 1\n[columns]\na = '{b}'", "lookup should be a table"),
        ("[columns]\na = '{b}'\n[lookup]\nb = 1", "each lookup requires file and by"),
        ("[columns]\na = '{b}'\n[lookup.b]\nfile = 1\nby = 'a'", "each lookup requires file and by"),
        ("[columns]\na = '{b}'\n[lookup.b]\nfile = 'x'\nby = 'a'\nto = 'b'", "a lookup has the unknown to"),
        ("a = " + "[" * 5_000, "is not a mapping"),
    ],
)
def test_a_wrong_mapping_is_refused_in_one_sentence(content, message):
    with pytest.raises(FileError) as refused:
        read_mapping(content, "goods.toml")
    assert str(refused.value).startswith("goods.toml is not a mapping: ")
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Red Wine", "red-wine"),
        ("  Œuf & Øl ", "oeuf-ol"),
        ("\u0130stanbul \u0131", "istanbul-i"),
        ("日本", ""),
        ("a--b", "a-b"),
    ],
)
def test_a_slug_has_letters_digits_and_single_hyphens(text, expected):
    assert slug(text) == expected


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("5 < 6 & 7 > 2", "5 < 6 & 7 > 2"),
        ("<div><b>A</b>  good\n tea.</div><ul><li>one<li>two</ul>", "A good tea.\none\ntwo"),
        ("<style>p {}</style>a<script>if (a < b) {}</script><!-- x -->b", "ab"),
        ("&eacute;&nbsp;&#8364;", "\u00e9\u00a0\u20ac"),
        ("<p>unclosed <b>x", "unclosed x"),
    ],
)
def test_html_becomes_the_text_that_it_shows(html, text):
    assert plain_text(html) == text
