"""What shops write for prices, units, descriptions and variants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.ids import is_id
from inventory_imports.html_text import plain_text
from inventory_imports.presets.numbers import (
    NoCount,
    lowest,
    point_price,
    price_text,
    rounded_price,
    threshold,
    units,
)
from inventory_imports.presets.texts import category_columns, category_path, members
from inventory_imports.presets.variants import variant_code


@pytest.mark.parametrize(
    ("written", "price"),
    [
        ("12.50", "12.50"),
        ("$25.00", "25.00"),
        ("€ 12,5", "12.5"),
        ("12,50 zł", "12.50"),
        ("R$ 1.234,56", "1234.56"),
        ("1,234.50", "1234.50"),
        ("1 234,50 CHF", "1234.50"),
        ("-3.00", "-3.00"),
        ("1,234", "1,234"),  # a thousand or three decimals
        ("1.234", "1.234"),
        ("12%", "12%"),
        ("from 12", "from 12"),
        ("variable", "variable"),
        ("2.20 / 2.40", "2.20 / 2.40"),
        ("", ""),
    ],
)
def test_a_price_is_read_only_if_it_has_one_meaning(written, price):
    assert price_text(written) == price


@pytest.mark.parametrize("text", ["1e40", "-1e40", "1e999999", "9" * 40, "NaN", "Infinity", "10000001"])
def test_what_is_larger_than_any_price_stays_as_it_is(text):
    assert [rounded_price(text), point_price(text), lowest([text])] == [text, text, text]


def test_the_highest_price_may_have_more_decimals_than_cents():
    assert [rounded_price("9999999.9949"), point_price("9999999.9900")] == ["9999999.99", "9999999.99"]
    assert rounded_price("9999999.995") == "10000000.00"


def test_net_prices_are_rounded_to_cents_and_the_lowest_counts():
    assert [rounded_price(text) for text in ("41.322314", "16.5", "0.125", "free")] == [
        "41.32",
        "16.50",
        "0.13",
        "free",
    ]
    assert lowest(["12", "9,50", "", "10"]) == "9,50"
    assert lowest(["variable", ""]) == "variable"
    assert lowest([]) == ""


def test_units_are_summed_over_places():
    assert units(["3.00000", "", "2"], "Stock") == "5"
    assert units(["5", "-2"], "Stock") == "3"
    for texts, message in [
        (["", ""], "Stock is empty: its stock is not counted"),
        (["-1"], "Stock: -1 units cannot be in stock"),
        (["2.5"], "Stock: should be whole units, not '2.5'"),
        (["1e3"], "Stock: should be whole units, not '1e3'"),
    ]:
        with pytest.raises(NoCount) as error:
            units(texts, "Stock")
        assert str(error.value) == message
    assert threshold(["2", "1.000", ""]) == "3"
    assert threshold(["2.5", "1"]) == "2.5"
    assert threshold([""]) == ""


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<p>One</p>\n\n<p>Two<br/>Three</p>\n", "One\nTwo\nThree"),
        ("One<br><br>Two", "One\n\nTwo"),
        ("<ul><li>a</li><li> b </li></ul>c", "a\nb\nc"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a <b>bold</b>, <i>new</i>\n word", "a bold, new word"),
        ("<script>x()</script><style>p{}</style>Tea &amp; &lt;milk&gt; &eacute;", "Tea & <milk> é"),
        ("Tea &amp; milk\r\nsecond\tline", "Tea & milk\nsecond line"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<!-- hidden --><p></p><p> </p>", ""),
        ("<p>unclosed <b>tag", "unclosed tag"),
        ("", ""),
    ],
)
def test_html_becomes_lines(html, text):
    assert plain_text(html) == text


def test_lists_and_categories():
    assert members(" a, b,,a , c d") == ["a", "b", "c d"]
    assert category_columns(category_path("Apparel > Shirts > T-Shirts")) == {
        "category": "Apparel",
        "subcategory": "Shirts > T-Shirts",
    }
    assert category_columns(category_path(" ")) == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("LS-BLK-S", "LS-BLK-S"),
        ("candle 1 / large", "CANDLE-1-LARGE"),
        ("Écru-ß", "ECRU-SS"),
        ("_a__b_", "A-B"),
        ("x" * 40, "X" * 40),
        ("x" * 41, "X" * 31 + "-3164596D"),
        ("赤-S", "S-8B53B0B8"),
    ],
)
def test_a_variant_has_the_letters_of_ids(text, code):
    found = variant_code(text)
    assert found == code
    assert is_id("sku", f"SKU-PROD-00000-{found}")


@given(st.text(min_size=1, max_size=80))
def test_any_text_makes_the_same_valid_variant_each_time(text):
    assert variant_code(text) == variant_code(text)
    assert is_id("sku", f"SKU-PROD-00000-{variant_code(text)}")


def test_texts_that_differ_in_other_letters_differ_as_variants():
    assert variant_code("赤-S") != variant_code("青-S")
    assert variant_code("x" * 50 + "a") != variant_code("x" * 50 + "b")
