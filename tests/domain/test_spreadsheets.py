"""Cells of CSV files."""

import pytest

from dunwell.domain import spreadsheets


@pytest.mark.parametrize("sign", [*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20"])
def test_what_a_spreadsheet_would_calculate_is_a_text_there(sign: str):
    assert spreadsheets.cell(f"{sign}1+1") == f"'{sign}1+1"


def test_anything_else_stays_as_it_is():
    cells = [spreadsheets.cell(each) for each in ("Ada = Okafor", "", None, 5, " =1", "'=1")]
    assert cells == ["Ada = Okafor", "", "", "5", " =1", "'=1"]


def test_a_file_is_made_of_such_cells():
    made = spreadsheets.as_csv(("name", "note"), [("=1", None), ('"a", b', "two\nlines")])
    assert made.decode() == 'name,note\r\n\'=1,\r\n"""a"", b","two\nlines"\r\n'
