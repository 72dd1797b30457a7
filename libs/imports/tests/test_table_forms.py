"""Files as shops' programs write them: each value is read as the file says, or its row is rejected."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from inventory_imports import sources, workbooks
from inventory_imports.cells import Formats
from inventory_imports.mapping import RowMapping, read_mapping
from inventory_imports.products import ProductRules
from inventory_imports.reading import detected_list_separators, read_rows
from inventory_imports.stock import StockRules
from inventory_imports.tables import FileError, RejectedRow, Table, rejects_name, suffix_of

HEADER = "external_id,product_name,category,base_price\n"
VENDOR = {"vendor_id": "VENDOR-001"}
NAMES = ("external_id", "product_name", "category", "base_price")


def table_of(content, name="goods.csv", **stated):
    data = content.encode() if isinstance(content, str) else content
    return Table(name, lambda: io.BytesIO(data), **stated)


def read(content, name="goods.csv", *, mapping=None, formats=None, rules=None, defaults=VENDOR, **stated):
    """Return the read rows of a file."""
    mapping = RowMapping() if mapping is None else read_mapping(mapping, "goods.toml")
    formats = mapping.formats if formats is None else formats
    rules = rules or ProductRules()
    table = table_of(content, name, **stated)

    def found(lookup, text):
        return None

    detected = detected_list_separators(rules, table, mapping, found)
    formats = Formats(formats.decimal, formats.list_separator, detected)
    return list(read_rows(rules, table, mapping, found, defaults, formats))


def values(content, name="goods.csv", **options):
    """Return the values of the rows, or the reason of a rejected one, by line."""
    return {
        row.line: row.reason if row.row is None else tuple(row.row[each] for each in NAMES if each in row.row)
        for row in read(content, name, **options)
    }


def rejects_of(content, name="goods.csv", **options):
    """Return the rejects file."""
    stated = {each: options[each] for each in ("encoding", "separator", "sheet") if each in options}
    rejected = table_of(content, name, **stated).rejects()
    rows = [
        RejectedRow(row.line, row.reason, row.source) for row in read(content, name, **options) if row.reason
    ]
    return rejected.header() + b"".join(rejected.line(row) for row in rows)


# Misplaced quotes, line breaks and characters


def test_a_quote_that_is_not_closed_refuses_the_file_with_its_line():
    rows = "".join(f"{number},Tea,Drinks,4.50\n" for number in range(10_000))
    with pytest.raises(FileError, match="line 3: the quote that opens product_name is not closed"):
        read(HEADER + "a,Tea,Drinks,4.50\n" + 'b,"Tea,Drinks,4.50\n' + rows)


def test_a_quote_that_closes_in_a_later_row_refuses_the_file_too():
    with pytest.raises(FileError, match="line 2: the quote that opens product_name closes in line 4 with"):
        read(HEADER + '1,"Tea,Drinks,4.50\n2,Milk,Drinks,1\n3,"Rice, brown",Grains,2\n')


@pytest.mark.parametrize(
    "row",
    [
        '2,"12" pipe",Drinks,1',
        '2,"12" pipe,Drinks,1',
        '2,12" pipe,Drinks,1',
        '2,12 pipe",Drinks,1',
        '2, "Tea",Drinks,1',
        '2,"Tea" ,Drinks,1"',
        '2,"Tea"s",Drinks,1',
    ],
)
def test_a_misplaced_quote_rejects_its_row_alone(row):
    found = values(HEADER + f"1,Tea,Drinks,1\n{row}\n3,Milk,Drinks,2\n")
    assert (found[2], found[4]) == (("1", "Tea", "Drinks", 1), ("3", "Milk", "Drinks", 2))
    assert found[3].startswith("product_name: ")


@pytest.mark.parametrize(
    "row",
    [
        '2,"Nice 5" pipe\nwith a,Drinks",1,1',
        '2,"12" pipe,Drinks,1\n3,Milk,Drinks,2\n4,x",Drinks,1',
        '2,12" pipe,"two\nlines",1',
        '2, "Tea\n3,Milk,Drinks,1\n",Drinks,1',
    ],
)
def test_a_misplaced_quote_behind_which_the_row_may_go_on_refuses_the_file(row):
    with pytest.raises(FileError, match=r"line 2: .*Nothing was imported"):
        read(HEADER + f"{row}\n9,Rice,Grains,2\n")


def test_quotes_line_breaks_and_separators_in_quotes_are_part_of_the_cell():
    rows = read(
        HEADER.replace("category", "description,category")
        + '1,"A ""good"" tea",,Drinks,1\n2,"Rice, brown","x","Grains",2\r\n',
    )
    assert [row.row["product_name"] for row in rows] == ['A "good" tea', "Rice, brown"]
    [row] = table_of('a,b\r\n"1\r\n2\r3","4\n5"\r\n')
    assert row.values == {"a": "1\n2\n3", "b": "4\n5"}


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\r\r\n"])
def test_line_breaks_of_any_system_separate_rows(line_break):
    content = HEADER.strip() + line_break + line_break.join(["1,Tea,Drinks,1", "2,Milk,Drinks,2"])
    found = values(content)
    assert list(found.values()) == [("1", "Tea", "Drinks", 1), ("2", "Milk", "Drinks", 2)]
    assert list(found) == [2, 3]


def test_a_carriage_return_within_a_row_rejects_it():
    found = values(HEADER + "1,Te\ra,Drinks,1\n2,Milk,Drinks,2\n")
    assert found == {
        2: "product_name: has a line break that is not in quotes",
        3: ("2", "Milk", "Drinks", 2),
    }


def test_a_nul_character_rejects_its_row():
    assert values(HEADER + "1,Te\0a,Drinks,1\n2,Milk,Drinks,2\n")[2] == "has a NUL character"


def test_rows_with_more_or_fewer_cells_are_rejected():
    found = values(HEADER + "1,Tea,Drinks\n2,Tea,Drinks,1,9\n3,Milk,Drinks,2\n")
    assert found == {
        2: "has 3 columns instead of 4",
        3: "has 5 columns instead of 4",
        4: ("3", "Milk", "Drinks", 2),
    }


def test_blank_rows_are_no_rows():
    content = "\n" + HEADER + '\n1,Tea,Drinks,1\n   \n,,,\n"","",,\n2,Milk,Drinks,2\n\n'
    assert list(values(content)) == [4, 8]


@pytest.mark.parametrize("content", ["", "\n\n", ",,\n", "_line,_reason\n"])
def test_a_file_without_a_header_is_refused(content):
    with pytest.raises(FileError, match="has no header line"):
        table_of(content)


def test_a_header_alone_has_no_rows():
    assert read(HEADER) == []
    assert read(HEADER.strip()) == []


# Limits


@pytest.mark.parametrize("is_quoted", [False, True])
def test_a_cell_at_the_limit_is_read_and_a_longer_one_rejects_its_row(is_quoted):
    quote = '"' if is_quoted else ""
    most = sources.CELL_MAX_CHARACTERS
    longest, longer = (f"{quote}{'x' * size}{quote}" for size in (most, most + 1))
    content = f"a,b\n1,{longest}\n2,{longer}\n3,x\n"
    first, second, third = table_of(content)
    assert first.values == {"a": "1", "b": "x" * most}
    assert second.error == "b: has more than 100,000 characters"
    assert third.values == {"a": "3", "b": "x"}


def test_a_cell_of_150_kilobytes_is_one_rejected_row_with_all_of_it():
    content = HEADER + f'1,"{"x" * 150_000}",Drinks,1\n2,Milk,Drinks,2\n'
    first, second = read(content)
    assert (first.row, len(first.source)) == (None, 150_013)
    assert second.row["product_name"] == "Milk"


def test_a_row_at_the_limit_is_read_and_a_longer_one_refuses_the_file():
    cells = [*["x" * 99_999] * 9, "x" * 100_000]
    row = ",".join(cells)
    assert len(row) == sources.ROW_MAX_CHARACTERS
    header = ",".join("abcdefghij")
    [read_row] = table_of(f"{header}\n{row}\n")
    assert read_row.values["j"] == cells[-1]
    with pytest.raises(FileError, match="line 2: the row has more than 1,000,000 characters"):
        list(table_of(f"{header}\n{row}y\n"))


def test_a_quote_that_is_not_closed_in_a_large_file_is_found_in_bounded_memory():
    rows = HEADER + '1,"Tea,Drinks,4.50\n' + "2,Milk,Drinks,1\n" * 100_000
    with pytest.raises(FileError, match="line 2: the quote that opens product_name is not closed"):
        list(table_of(rows))


# Encodings


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16 (assumed; --encoding states another)"),
        ("utf-16-be", "UTF-16 (assumed; --encoding states another)"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252 (assumed: Café; --encoding states another)"),
    ],
)
@pytest.mark.parametrize("name", ["goods.csv", "goods.jsonl"])
def test_a_name_with_an_accent_is_read_from_any_encoding(name, encoding, shown):
    rows = {
        "goods.csv": HEADER + "1,Café,Drinks,1\n",
        "goods.jsonl": json.dumps(
            {"external_id": "1", "product_name": "Café", "category": "Drinks", "base_price": 1},
            ensure_ascii=False,
        ),
    }
    content = rows[name].encode(encoding)
    assert list(values(content, name).values()) == [("1", "Café", "Drinks", 1)]
    assert table_of(content, name).notes[0] == shown


POLISH = "Łódź żółta gęś, Kawa ziarnista świeżo palona, Krzesło dębowe, Świeca zapachowa różana, Półka"
RUSSIAN = "Чайник чугунный, Стул дубовый, Свеча ароматическая, Полка навесная, Ложка для мороженого"
JAPANESE = "鉄瓶, オーク椅子, アロマキャンドル, 壁掛け棚, アイスクリームスプーン"


@pytest.mark.parametrize(
    ("encoding", "text"), [("cp1250", POLISH), ("cp1251", RUSSIAN), ("koi8-r", RUSSIAN), ("cp932", JAPANESE)]
)
def test_the_detector_is_believed_where_it_excludes_windows_1252(encoding, text):
    names = text.split(", ")
    content = HEADER + "".join(f"{number},{name},Drinks,1\n" for number, name in enumerate(names))
    assert [row[1] for row in values(content.encode(encoding)).values()] == names


def test_an_encoding_that_is_not_certain_is_not_assumed():
    text = HEADER + "1,Größe,Bäckerei,1\n2,Schlüsselanhänger,Gäste,1\n3,Müsli,Käse,1\n4,Löffel,Türkranz,1\n"
    content = text.encode("cp850")
    with pytest.raises(FileError, match=r"encoding is not certain: state --encoding .*cp850 reads 'Größe'"):
        table_of(content)
    assert values(content, encoding="cp850")[2][1] == "Größe"


def test_a_stated_encoding_is_used():
    content = (HEADER + "1,Łódź,Drinks,1\n").encode("cp1250")
    assert values(content)[2][1] == "£ódŸ"
    assert table_of(content).notes[0].startswith("Windows-1252 (assumed: £ódŸ;")
    assert values(content, encoding="cp1250")[2][1] == "Łódź"


@pytest.mark.parametrize("name", ["none", "base64", "rot13", "idna", "utf-8\0"])
def test_an_unknown_encoding_is_refused(name):
    with pytest.raises(FileError, match="is not the name of an encoding"):
        table_of(HEADER, encoding=name)


def test_a_stated_encoding_that_contradicts_the_byte_order_mark_is_refused():
    with pytest.raises(FileError, match="begins with the byte order mark of UTF-8"):
        table_of(HEADER.encode("utf-8-sig"), encoding="cp1252")
    assert table_of(HEADER.encode("utf-16"), encoding="utf-16").notes[0] == "UTF-16"


def test_rows_of_another_encoding_than_most_are_rejected_and_never_misread():
    utf_8 = HEADER + "1,Thé,Drinks,1\n2,Crème,Drinks,1\n"
    found = values(utf_8.encode() + "3,Café,Drinks,1\n".encode("cp1252"))
    assert (found[2][1], found[3][1], found[4]) == ("Thé", "Crème", "is not UTF-8")
    western = HEADER + "1,Thé,Drinks,1\n2,Crème,Drinks,1\n"
    found = values(western.encode("cp1252") + "3,Café,Drinks,1\n".encode())
    assert (found[2][1], found[3][1]) == ("Thé", "Crème")
    assert found[4] == "is UTF-8, and the file is read as Windows-1252: state --encoding"


def test_bytes_that_the_encoding_does_not_have_reject_their_row():
    content = (HEADER + "1,Café,Drinks,1\n").encode("cp1252") + b"2,A\x81B,Drinks,1\n"
    assert values(content, encoding="cp1252")[3] == "is not Windows-1252"
    with pytest.raises(FileError, match="is not UTF-16"):
        read((HEADER + "1,Tea,Drinks,1\n").encode("utf-16") + b"\x00")


@pytest.mark.parametrize("name", ["goods.csv", "goods.jsonl"])
def test_a_replacement_character_is_never_stored(name):
    rows = {
        "goods.csv": HEADER + "1,Caf\ufffd,Drinks,1\n2,Milk,Drinks,1\n",
        "goods.jsonl": '{"external_id":"1","product_name":"Caf\\ufffd","category":"Drinks","base_price":1}\n'
        '{"external_id":"1","product_name":"x","tags":["a\\ufffd"],"category":"Drinks","base_price":1}\n',
    }
    assert next(iter(values(rows[name], name).values())).startswith("product_name: has U+FFFD")
    assert name == "goods.csv" or values(rows[name], name)[2].startswith("tags: has U+FFFD")


# Rejects


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1250", "cp1252", "cp932"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_rejects_keep_the_bytes_of_their_rows_and_read_as_the_same(encoding, separator, line_break):
    name = {"cp1250": "Łódź", "cp932": "鉄瓶"}.get(encoding, "Café")
    lines = [
        HEADER.strip(),
        f'1,{name} "x,Drinks,1',
        "2,Milk,Drinks,1",
        f'3,"{name}\na",Drinks,x',
        f"4,{name},,1",
    ]
    content = (line_break.join(lines).replace(",", separator) + line_break).encode(encoding)
    stated = {"encoding": encoding} if encoding in ("cp1250", "cp932") else {}
    before = read(content, **stated)
    assert [row.row is None for row in before] == [True, False, True, True]
    rejects = rejects_of(content, **stated)
    own = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    assert f"4,{name},,1".replace(",", separator).encode(own) in rejects
    after = read(rejects)
    assert [(row.source, row.reason) for row in after] == [
        (row.source, row.reason) for row in before if row.row is None
    ]


def test_the_rejects_of_rejects_do_not_grow():
    content = (HEADER + '1,"Łódź, ""x""",,1\n').encode("cp1250")
    once = rejects_of(content, encoding="cp1250")
    again = rejects_of(once)
    assert once == again
    assert once.startswith(b"_line (cp1250),_reason,external_id")


def test_the_rejects_of_workbooks_and_arrays_are_texts():
    assert rejects_name("Day.XLSX", "orders") == "Day.orders-rejects.csv"
    assert rejects_name("day.json", "orders") == "day.orders-rejects.jsonl"
    assert rejects_name("DAY.TSV", "orders") == "DAY.orders-rejects.TSV"
    tea = {"external_id": "1", "product_name": "Tea", "category": "Drinks", "base_price": "x"}
    array = [tea, 7]
    rows = [json.loads(line) for line in rejects_of(json.dumps(array), "goods.json").splitlines()]
    assert rows[0] | {"_reason": ""} == {"_line": 1, "_reason": "", **tea}
    assert rows[1] == {"_line": 2, "_reason": "is not a JSON object", "_text": "7"}
    book = workbook([list(NAMES), ["1", "Té", "Drinks", "x"], ["2", "Té", None, 4.125]])
    assert rejects_of(book, "goods.xlsx").decode().splitlines() == [
        "_line,_reason,external_id,product_name,category,base_price",
        "2,\"base_price: should be a number such as 89.99, not 'x'\",1,Té,Drinks,x",
        "3,\"category: is required; base_price: should have at most 2 fractional digits, not '4.125'\",2,Té,,"
        "4.1250",
    ]


# Separators and headers


@pytest.mark.parametrize("name", ["goods.csv", "goods.tsv", "goods.txt", "GOODS.CSV", "Goods.Txt"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_detected(name, separator):
    content = HEADER.replace(",", separator) + separator.join(["1", '"Tea, green; hot|x"', "Drinks", "1"])
    assert values(content, name) == {2: ("1", "Tea, green; hot|x", "Drinks", 1)}


def test_decimal_commas_do_not_hide_a_semicolon():
    content = HEADER.replace(",", ";") + "1;Tea;Drinks;4,50\n2;Tea, Milk;Drinks;5,00\n"
    assert values(content, formats=Formats(","))[2] == ("1", "Tea", "Drinks", Decimal("4.5"))


def test_a_separator_that_is_not_certain_must_be_stated():
    content = "a;b,c\n1;2,3\n"
    with pytest.raises(FileError, match="could be separated by semicolon and comma: state --separator"):
        table_of(content)
    assert table_of(content, separator=";").columns == ("a", "b,c")


def test_the_line_by_which_excel_states_the_separator_is_read():
    assert values("sep=;\r\n" + HEADER.replace(",", ";") + "1;Tea;Drinks;1\r\n") == {
        3: ("1", "Tea", "Drinks", 1)
    }


@pytest.mark.parametrize("separator", ["ab", '"', "\n", "a", ""])
def test_a_separator_is_one_character(separator):
    with pytest.raises(FileError, match="is not a separator"):
        table_of(HEADER, separator=separator)
    assert table_of(HEADER.replace(",", "\t"), separator="TAB").columns == NAMES


def test_headers_are_found_without_case_and_blanks_and_empty_ones_ignored():
    content = "\ufeff External_ID ,,PRODUCT_NAME,Category\u00a0, base_price,\n1,x,Tea,Drinks,1,\n"
    assert values(content) == {2: ("1", "Tea", "Drinks", 1)}


@pytest.mark.parametrize("header", ["sku,sku", "sku,x,SKU", "sku, sku "])
def test_a_column_that_is_named_twice_is_refused(header):
    with pytest.raises(FileError, match=r"names a column twice: '(sku|SKU)' is column 1 and [23]"):
        table_of(header + "\n")


# Numbers


@pytest.mark.parametrize(
    ("decimal", "text", "number"),
    [
        (None, "12", "12"),
        (None, "12.5", "12.5"),
        (None, " 4.50 ", "4.50"),
        (None, "1.5000", "1.5"),
        (",", "1,5", "1.5"),
        (",", "1.500", "1500"),
        (",", "1.234,50", "1234.5"),
        (",", "1 234,50", "1234.5"),
        (",", "1\u00a0234,50 €", "1234.5"),
        (",", "1\u202f234,50", "1234.5"),
        (",", "EUR 12,00", "12"),
        (",", "12,00 kr", "12"),
        (".", "1.500", "1.5"),
        (".", "12.000", "12"),
        (".", "$1,234.50", "1234.5"),
        (".", "1'234.50", "1234.5"),
        (".", "CHF 1\u2019234.50", "1234.5"),
        (".", "4.50 USD", "4.5"),
        (".", "1234567.5", "1234567.5"),
        (".", "£0.99", "0.99"),
    ],
)
def test_a_number_is_read_in_the_stated_format(decimal, text, number):
    content = HEADER.replace(",", ";") + f"1;Tea;Drinks;{text}\n"
    assert values(content, formats=Formats(decimal))[2][3] == Decimal(number)


@pytest.mark.parametrize(
    ("decimal", "text", "reason"),
    [
        (None, "12.000", "may have thousands or decimals: state --decimal"),
        (None, "1.500", "may have thousands or decimals: state --decimal"),
        (None, "1,500", "may have thousands or decimals: state --decimal"),
        (None, "1,5", "has another number format: state --decimal"),
        (None, "1,234.50", "has another number format: state --decimal"),
        (None, "$4.50", "has another number format: state --decimal"),
        (None, "4.50 EUR", "has another number format: state --decimal"),
        (None, "1 234", "has another number format: state --decimal"),
        (None, "1e3", "should be a number such as 89.99"),
        (None, "٣", "should be a number such as 89.99"),
        (",", "1.50", "should be a number such as 1.234,50"),
        (",", "1.23.4", "should be a number such as 1.234,50"),
        (",", "1.234 567", "should be a number such as 1.234,50"),
        (".", "1,5", "should be a number such as 1,234.50"),
        (".", "12,34,567", "should be a number such as 1,234.50"),
        (".", "1.2.3", "should be a number such as 1,234.50"),
        (".", "--5", "should be a number such as 1,234.50"),
        (".", "9" * 19, "should be a number of fewer digits"),
        (".", "-5", "should be 0 to"),
    ],
)
def test_a_number_of_an_unclear_format_is_refused(decimal, text, reason):
    content = HEADER.replace(",", ";") + f"1;Tea;Drinks;{text}\n"
    assert reason in values(content, formats=Formats(decimal))[2]


@pytest.mark.parametrize(
    ("decimal", "text", "units"),
    [
        (None, "2.00", 2),
        (None, "17850.0", 17850),
        (",", "2,00", 2),
        (",", "1.000", 1000),
        (".", "1,000", 1000),
        (None, "2.50", "quantity: should be an integer, not '2.50'"),
        (None, "1.000", "quantity: '1.000' may have thousands or decimals: state --decimal . or --decimal ,"),
    ],
)
def test_whole_numbers_may_have_decimals_that_are_zero(decimal, text, units):
    content = f"sku;quantity;reference\nSKU-PROD-00001-BOX;{text};day 1\n"
    [row] = read(content, rules=StockRules(), formats=Formats(decimal))
    assert (row.reason or row.row["quantity"]) == units


# Texts and lists


def test_blanks_around_texts_are_removed_so_that_ids_are_the_same():
    rows = "A1,Tea,Drinks,1\nA1 ,Tea ,Drinks,1\nA1\u00a0,\u00a0Tea,Drinks,1\n\u3000A1\t,Tea,Drinks,1\n"
    assert set(values(HEADER + rows).values()) == {("A1", "Tea", "Drinks", 1)}


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\u200b", "zero width space"),
        ("\ufeff", "zero width no-break space"),
        ("\u00ad", "soft hyphen"),
        ("\u00a0", "no-break space"),
        ("\u2060", "word joiner"),
        ("\u3164", "hangul filler"),
        ("\u202e", "right-to-left override"),
    ],
)
@pytest.mark.parametrize("place", ["A{}1", "A1{}"])
def test_an_invisible_character_in_an_id_is_refused(place, character, name):
    found = values(HEADER + f"{place.format(character)},Tea,Drinks,1\n")[2]
    if character == "\u00a0" and place == "A1{}":
        assert found == ("A1", "Tea", "Drinks", 1)
        return
    code = f"U+{ord(character):04X}"
    reason = (
        f"external_id: has the invisible character {code} ({name}): ids that look the same must be the same"
    )
    assert found == reason


@pytest.mark.parametrize("column", ["reference", "sku", "variant"])
def test_the_other_ids_are_checked_too(column):
    content = "external_id,variant,quantity,reference,sku\n1,BOX,1,day 1,\n"
    at = content.splitlines()[0].split(",").index(column)
    cells = content.splitlines()[1].split(",")
    cells[at] = f"A\u200b{cells[at]}"
    [row] = read(content.splitlines()[0] + "\n" + ",".join(cells) + "\n", rules=StockRules())
    assert f"{column}: has the invisible character U+200B" in row.reason


def tags_of(*cells, formats=None):
    rows = "".join(f'{number},Tea,Drinks,1,"{cell}"\n' for number, cell in enumerate(cells))
    found = read(HEADER.strip() + ",tags\n" + rows, formats=formats)
    return [row.reason if row.row is None else row.row.get("tags") for row in found]


def test_lists_are_separated_by_what_most_of_their_cells_have():
    assert tags_of("Gold, Leather, Silver", "Gold") == [["Gold", "Leather", "Silver"], ["Gold"]]
    assert tags_of("Gold;Silver", "Gold; Silver;") == [["Gold", "Silver"], ["Gold", "Silver"]]
    assert tags_of("Gold|Silver", "Gold | a, b") == [["Gold", "Silver"], ["Gold", "a, b"]]
    assert tags_of("Gold\nSilver") == [["Gold", "Silver"]]


def test_a_list_that_could_be_separated_in_two_ways_is_refused():
    reason = "tags: 'a, b; c' has comma and semicolon, which may separate members: state --list-separator"
    assert tags_of("a; b", "a, b; c", "d; e") == [["a", "b"], reason, ["d", "e"]]
    assert tags_of("a|b", "Gold, Silver", "c|d")[1].startswith("tags: 'Gold, Silver' has comma")
    assert all(isinstance(found, str) for found in tags_of("a;b", "a,b"))


def test_a_stated_list_separator_alone_separates():
    assert tags_of("a, b; c", "d|e", formats=Formats(list_separator=";")) == [["a, b", "c"], ["d|e"]]


def test_addresses_with_commas_stay_whole():
    header = HEADER.strip() + ",images\n"
    one, two = "https://a.example/x,w_100/1.jpg", "https://a.example/2.jpg"
    [first] = read(header + f'1,Tea,Drinks,1,"{one}"\n')
    assert first.row["images"] == [one]
    rows = read(header + f'1,Tea,Drinks,1,"{two}, {two}"\n2,Tea,Drinks,1,"{one}, {two}"\n')
    assert rows[0].row["images"] == [two, two]
    assert rows[1].reason.startswith("images: ")


# Workbooks


def workbook(rows, *, sheets=(), edit=None):
    """Return the bytes of a workbook."""
    book = Workbook()
    book.active.title = "Products"
    for row in rows:
        book.active.append(row)
    for title, others in sheets:
        sheet = book.create_sheet(title)
        for row in others:
            sheet.append(row)
    if edit is not None:
        edit(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_workbook_is_read_with_exact_numbers():
    rows: list[list[Any]] = [
        [" External_ID", "product_name", None, "category", "base_price", "description", "is_active"]
    ]
    rows += [[1001, "Tea", "x", "Drinks", 19.99, datetime(2026, 2, 23), True]]
    rows += [[None] * 7, ["A2", 2026, None, "Drinks", 0.1 + 0.2, datetime(2026, 2, 23, 8, 30), False]]
    first, second = read(workbook(rows), "Goods.XLSX")
    assert (first.line, second.line) == (2, 4)
    assert first.row == {
        "external_id": "1001",
        "product_name": "Tea",
        "category": "Drinks",
        "base_price": Decimal("19.99"),
        "description": "2026-02-23",
        "vendor_id": "VENDOR-001",
        "is_active": True,
    }
    assert (second.row["product_name"], second.row["base_price"]) == ("2026", Decimal("0.3"))
    assert (second.row["description"], second.row["is_active"]) == ("2026-02-23T08:30:00", False)


def test_numbers_of_a_workbook_do_not_depend_on_the_format_of_texts():
    book = workbook([list(NAMES), ["1", "Tea", "Drinks", 1234.5], ["2", "Tea", "Drinks", "1.234,50"]])
    found = values(book, "goods.xlsx", formats=Formats(","))
    assert [row[3] for row in found.values()] == [Decimal("1234.5"), Decimal("1234.5")]
    mapping = '[columns]\nexternal_id = "{external_id}"\nproduct_name = "{product_name}"\n'
    mapping += 'category = "{category}"\nbase_price = "{base_price}"\n'
    assert values(book, "goods.xlsx", mapping=mapping, formats=Formats(",")) == found


def test_a_formula_is_read_as_it_was_calculated():
    def calculate(book):
        book.active["D2"] = "=1+1"

    book = workbook([list(NAMES), ["1", "Tea", "Drinks", None]], edit=calculate)
    assert values(book, "goods.xlsx")[2] == "base_price: cell D2 holds a formula that was not calculated"
    calculated = changed(book, "xl/worksheets/sheet1.xml", b"<v />", b"<v>2</v>")
    assert values(calculated, "goods.xlsx")[2] == ("1", "Tea", "Drinks", 2)


def test_errors_and_numbers_of_too_many_digits_reject_their_row_where_they_are_needed():
    rows = [[*NAMES, "other"], ["#N/A", "Tea", "Drinks", 1, None], [10**16, "Tea", "Drinks", 1, None]]

    def break_other(book):
        book.active["E4"] = "#REF!"

    book = workbook([*rows, ["3", "Tea", "Drinks", 1, None]], edit=break_other)
    mapping = "[columns]\n" + "".join(f'{name} = "{{{name}}}"\n' for name in NAMES)
    assert values(book, "goods.xlsx", mapping=mapping) == {
        2: "external_id: cell A2 holds #N/A",
        3: "external_id: cell A3 is a number of more than 15 digits: format it as text",
        4: ("3", "Tea", "Drinks", 1),
    }
    rejects = rejects_of(book, "goods.xlsx", mapping=mapping)
    assert rejects.splitlines()[1].endswith(b",#N/A,Tea,Drinks,1,")
    assert values(rejects, mapping=mapping) == {
        2: "external_id: '#N/A' is the error of a formula",
        3: "external_id: '#NUM!' is the error of a formula",
    }


def test_a_row_of_errors_alone_does_not_vanish():
    book = workbook([list(NAMES), ["#REF!"] * 4])
    assert "product_name: cell B2 holds #REF!" in values(book, "goods.xlsx")[2]


def test_the_sheet_is_the_first_visible_one_or_a_stated_one():
    other = [list(NAMES), ["9", "Milk", "Drinks", 2]]

    def hide(book):
        book.worksheets[0].sheet_state = "hidden"

    book = workbook([list(NAMES), ["1", "Tea", "Drinks", 1]], sheets=[("Archive", other)])
    assert values(book, "goods.xlsx") == {2: ("1", "Tea", "Drinks", 1)}
    assert table_of(book, "goods.xlsx").notes == ["sheet Products (others: Archive)"]
    assert values(book, "goods.xlsx", sheet=" archive") == {2: ("9", "Milk", "Drinks", 2)}
    hidden = workbook([["x"]], sheets=[("Archive", other)], edit=hide)
    assert table_of(hidden, "goods.xlsx").notes == ["sheet Archive"]
    with pytest.raises(FileError, match="has no sheet 'Stock'; its sheets are Products, Archive"):
        table_of(book, "goods.xlsx", sheet="Stock")


def changed(book, part, old, new):
    """Return a workbook with other bytes in one of its parts."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content, content
                content = content.replace(old, new)
            target.writestr(name, content)
    return written.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch):
    book = workbook([list(NAMES), ["1", "Tea", "Drinks", 1]])
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml").file_size
        others = max(each.file_size for each in archive.infolist() if "worksheets" not in each.filename)
    monkeypatch.setattr(workbooks, "SHEET_MAX_BYTES", sheet)
    monkeypatch.setattr(workbooks, "SHARED_TEXTS_MAX_BYTES", others)
    assert len(read(book, "goods.xlsx")) == 1
    for limit, size in (("SHEET_MAX_BYTES", sheet), ("SHARED_TEXTS_MAX_BYTES", others)):
        with monkeypatch.context() as patched:
            patched.setattr(workbooks, limit, size - 1)
            with pytest.raises(FileError, match="is too large: xl/"):
                table_of(book, "goods.xlsx")


@pytest.mark.parametrize("damage", ["cut", "text", "old", "empty", "xml", "rows"])
def test_a_broken_workbook_is_refused(damage):
    book = workbook([list(NAMES), ["1", "Tea", "Drinks", 1], ["2", "Tea", "Drinks", 1]])
    sheet = "xl/worksheets/sheet1.xml"
    broken = {
        "cut": book[: len(book) // 2],
        "text": HEADER.encode(),
        "old": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "empty": b"",
        "xml": changed(book, sheet, b"</row>", b"<row>"),
        "rows": changed(book, sheet, b'<row r="3"', b'<row r="2"'),
    }
    with pytest.raises(FileError, match=r"is not a workbook that can be read|row 2 follows row 2"):
        read(broken[damage], "goods.xlsx")


# JSON


def test_an_array_of_objects_is_read_in_parts():
    name = 'Tea, [1] {x} "y" \\'
    rows = [
        {
            "External_ID": number,
            "product_name": 'Tea, [1] {x} "y" \\',
            "category": "Drinks",
            "base_price": 1.5,
        }
        for number in range(3000)
    ]
    found = values(json.dumps(rows, indent=1), "goods.JSON")
    assert list(found) == list(range(1, 3001))
    assert found[3000] == ("2999", name, "Drinks", Decimal("1.5"))
    assert read("[]", "goods.json") == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{}", "line 1: is not an array of JSON objects"),
        ("", "line 1: is not an array of JSON objects"),
        ('[{"a": 1},\n{"a" 2}]', "line 2: is not JSON: Expecting ':' delimiter"),
        ('[{"a": 1}\n', "line 2: is not JSON: a comma or ] is missing"),
        ('[{"a": 1}', "is not JSON: a comma or ] is missing"),
        ("[1, 2] 3", "is not JSON: text follows the array"),
        ("[" * 100_000, "line 1: is not JSON"),
    ],
)
def test_a_broken_array_is_refused(content, reason):
    with pytest.raises(FileError) as refused:
        read(content, "goods.json")
    assert reason in str(refused.value)


def test_members_of_an_array_that_are_no_rows_are_rejected():
    found = values('[1, "x", null, {"a": 1, "A": 2}, {"a": 1, "a": 2}, 12]', "goods.json")
    assert list(found) == [1, 2, 3, 4, 5, 6]
    assert found[1] == found[6] == "is not a JSON object"
    assert found[4] == "names a column twice"
    assert "twice" in found[5]


def test_exact_numbers_of_json_need_no_format():
    row = '{"external_id": 1001, "product_name": "Tea", "category": "Drinks", "base_price": 12.000}'
    assert values(row, "goods.jsonl") == {1: ("1001", "Tea", "Drinks", 12)}
    lone = row.replace("Tea", "T\\ud800")
    assert values(lone, "goods.jsonl")[1] == "has half a surrogate pair, which is no character"
    assert json.loads(rejects_of(lone, "goods.jsonl"))["product_name"] == "T\ud800"


# Names


@pytest.mark.parametrize("name", ["goods", "goods.pdf", "goods.xls", "goods.csv.gz"])
def test_another_suffix_is_refused(name):
    with pytest.raises(FileError, match=r"should end with \.csv, \.tsv, \.txt, \.xlsx, \.jsonl or \.json"):
        table_of(HEADER, name)


def test_what_a_form_does_not_have_cannot_be_stated():
    with pytest.raises(FileError, match="has no sheet: remove --sheet"):
        table_of(HEADER, sheet="Products")
    with pytest.raises(FileError, match="has no separator: remove --separator"):
        table_of("", "goods.jsonl", separator=",")


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (HEADER.encode(), ".csv"),
        (b"", ".csv"),
        (b"PK\x03\x04...", ".xlsx"),
        (b' \n[{"a"', ".json"),
        (b'\xef\xbb\xbf{"a"', ".jsonl"),
        ('[{"a"'.encode("utf-16"), ".json"),
    ],
)
def test_the_form_of_a_table_without_a_name_is_that_of_its_first_bytes(head, suffix):
    assert suffix_of(head) == suffix
