"""Workbooks give their tables; hostile ones end with a clear refusal, in bounded time and memory."""

import datetime
import time
import zipfile
from pathlib import Path

import pytest

from config.errors import InvalidInputError
from data.knowledge.extract import excel
from data.knowledge.extract.cell_text import CellValue
from data.knowledge.extract.extract import extract
from data.knowledge.extract.reader import DocumentReader
from tests.data.knowledge.files import paragraph, write_docx
from tests.data.knowledge.workbooks import (
    COMPOUND_HEAD,
    ENCRYPTED,
    Rows,
    text_cell,
    write_raw_workbook,
    write_workbook,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PLANS: Rows = [["Plan", "Price"], ["Basic", 39], ["Large", 79]]


def _text(path: Path) -> str:
    return extract(path, path.name).text


async def _refusal(path: Path) -> InvalidInputError:
    with pytest.raises(InvalidInputError) as refusal:
        await DocumentReader(deadline_seconds=60).read_file(path)
    return refusal.value


def test_a_sheet_is_a_table_with_its_header(tmp_path: Path) -> None:
    text = _text(write_workbook(tmp_path / "a.xlsx", {"Sheet": PLANS}))
    assert text == "| Plan | Price |\n| --- | --- |\n| Basic | 39 |\n| Large | 79 |"


def test_it_is_cut_like_a_csv_file_of_the_same_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\n".join(",".join(map(str, row)) for row in PLANS))
    assert _text(write_workbook(tmp_path / "a.xlsx", {"Plans": PLANS})) == _text(tmp_path / "a.csv")


def test_several_sheets_have_headings_and_hidden_ones_are_left_out(tmp_path: Path) -> None:
    hours: Rows = [["Question", "Answer"], ["When do you open?", datetime.time(8, 30)]]
    sheets: dict[str, Rows] = {
        "Plans": PLANS,
        "Sheet2": [["a", "b"], ["c", "d"]],
        "Costs": PLANS,
        "Hours": hours,
        "Empty": [],
    }
    text = _text(write_workbook(tmp_path / "a.xlsx", sheets, hidden=["Costs"]))
    assert text == (
        "# Plans\n\n| Plan | Price |\n| --- | --- |\n| Basic | 39 |\n| Large | 79 |\n\n"
        "| a | b |\n| --- | --- |\n| c | d |\n\n"
        "# Hours\n\nQ: When do you open?\nA: 08:30"
    )


def test_numbers_are_what_the_sheet_shows(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a.xlsx",
        {"S": [["Item", "Price", "Tax", "From"], ["Oil", 9850, 0.19, datetime.date(2026, 1, 12)]]},
        formats={"B2": '#,##0.00 "€"', "C2": "0%"},
    )
    assert "| Oil | 9850.00 € | 19% | 2026-01-12 |" in _text(path)


def test_a_title_stands_over_the_table_and_empty_rows_and_columns_go(tmp_path: Path) -> None:
    rows: Rows = [
        [None, "Price list 2026"],
        [None, "Without taxes"],
        [],
        [None, "Plan", None, "Price"],
        [],
        [None, "A", None, 1],
    ]
    text = _text(write_workbook(tmp_path / "a.xlsx", {"S": rows}))
    assert text == "Price list 2026\n\nWithout taxes\n\n| Plan | Price |\n| --- | --- |\n| A | 1 |"


def test_formulas_give_their_last_value_and_errors_nothing(tmp_path: Path) -> None:
    rows = f"<row>{text_cell('Sum')}{text_cell('Share')}{text_cell('Note')}</row>"
    rows += f'<row><c><f>1+2</f><v>3</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c>{text_cell("ok")}</row>'
    text = _text(write_raw_workbook(tmp_path / "a.xlsx", rows))
    assert text.endswith("| 3 |  | ok |")


async def test_a_workbook_becomes_chunks_that_repeat_the_header(tmp_path: Path) -> None:
    rows: list[list[CellValue]] = [["sku", "price"]]
    rows += [[f"A{number:05}", number] for number in range(3_000)]
    document = await DocumentReader().read_file(write_workbook(tmp_path / "stock_list.xlsx", {"Sheet1": rows}))
    assert (document.name, document.filename) == ("Stock list", "stock_list.xlsx")
    assert "A02999" in document.chunks[-1].text
    assert "| sku | price |" in document.chunks[-1].text


@pytest.mark.parametrize(
    ("name", "media_type"), [("a.xlsx", ""), ("upload", ""), ("upload", XLSX), ("a.docx", "")]
)
def test_what_is_in_an_archive_says_what_it_is(tmp_path: Path, name: str, media_type: str) -> None:
    path = write_workbook(tmp_path / "file", {"S": PLANS})
    assert "| Basic | 39 |" in extract(path, name, media_type).text
    word = write_docx(tmp_path / "word", paragraph("We open at eight."))
    assert extract(word, name, media_type).text == "We open at eight."


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 not a zip", "document_damaged"),
        (ENCRYPTED, "document_encrypted"),
        (COMPOUND_HEAD, "document_damaged"),
        (b"name,price\nBasic,39\n", "document_damaged"),
        (b"", "document_empty"),
    ],
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.docx"])
async def test_what_is_no_office_file_is_refused_with_its_reason(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert (await _refusal(path)).code == code


async def test_an_archive_with_a_password_says_so(tmp_path: Path) -> None:
    path = write_raw_workbook(tmp_path / "a.xlsx", "")
    raw = bytearray(path.read_bytes())
    directory = raw.index(b"PK\x01\x02")
    raw[directory + 8] |= 1
    path.write_bytes(raw)
    assert (await _refusal(path)).code == "document_encrypted"


async def test_a_workbook_without_text_says_so(tmp_path: Path) -> None:
    assert (
        await _refusal(write_workbook(tmp_path / "a.xlsx", {"S": [[None, " "]]}))
    ).code == "document_without_text"


@pytest.mark.parametrize(
    ("rows", "shared"),
    [
        ("<row", ""),
        ('<row><c t="s"><v>7</v></c></row>', "<si><t>x</t></si>"),
        ("<row><c><v>one</v></c></row>", ""),
        ('<row><c s="99"><v>1</v></c></row>', ""),
        ('<row r="x"><c><v>1</v></c></row>', ""),
        ('<row><c r="!!"><v>1</v></c></row>', ""),
        ('<row><c t="d"><v>yesterday</v></c></row>', ""),
        (f"<row><c><v>{'9' * 5_000}</v></c></row>", ""),
    ],
)
async def test_broken_parts_are_refused(tmp_path: Path, rows: str, shared: str) -> None:
    path = write_raw_workbook(tmp_path / "a.xlsx", rows, shared=shared)
    with pytest.raises(InvalidInputError) as refusal:
        extract(path, path.name)
    assert (refusal.value.code, refusal.value.message) == ("document_damaged", "The Excel workbook is damaged.")


async def test_parts_that_are_missing_are_refused(tmp_path: Path) -> None:
    whole = write_raw_workbook(tmp_path / "a.xlsx", "<row><c><v>1</v></c></row>")
    for absent in ("[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"):
        path = tmp_path / "b.xlsx"
        with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                if name != absent:
                    target.writestr(name, source.read(name))
        with pytest.raises(InvalidInputError) as refusal:
            extract(path, path.name)
        assert refusal.value.code == "document_damaged", absent


async def test_zip_bombs_are_refused_by_what_they_declare(tmp_path: Path) -> None:
    bomb = write_raw_workbook(tmp_path / "bomb.xlsx", "", more={"xl/media/a.bin": bytes(60_000_000)})
    assert bomb.stat().st_size < 200_000
    many = write_raw_workbook(tmp_path / "many.xlsx", "", more={f"xl/{n}": b"" for n in range(5_001)})
    for path in (bomb, many):
        assert (await _refusal(path)).code == "document_too_large"


async def test_a_zip_bomb_that_lies_about_its_size_unpacks_no_further(tmp_path: Path) -> None:
    path = write_raw_workbook(tmp_path / "liar.xlsx", "<row>" + text_cell("x" * 30_000_000) + "</row>")
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    assert (await _refusal(path)).code == "document_damaged"


async def test_xml_entities_do_not_multiply(tmp_path: Path) -> None:
    entities = '<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">'
    entities += "".join(f'<!ENTITY a{level + 1} "{f"&a{level};" * 10}">' for level in range(9)) + "]>"
    path = write_raw_workbook(tmp_path / "laughs.xlsx", f"<row>{text_cell('&a9;')}</row>", prolog=entities)
    assert (await _refusal(path)).code == "document_damaged"


async def test_files_of_the_machine_are_not_read_in(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    prolog = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'
    path = write_raw_workbook(tmp_path / "a.xlsx", f"<row>{text_cell('here: &a;')}</row>", prolog=prolog)
    assert (await _refusal(path)).code == "document_damaged"


@pytest.mark.parametrize(
    ("rows", "shared"),
    [
        ('<row r="1"><c><v>1</v></c></row><row r="999999999999"><c><v>1</v></c></row>', ""),
        ("<row>" + '<c t="s"><v>0</v></c>' * 300 + "</row>", "<si><t>" + "x" * 100_000 + "</t></si>"),
        ('<row><c r="ZZZ1"/></row>' * 1_200, ""),
    ],
    ids=["a row far away", "one text again and again", "wide empty rows"],
)
async def test_a_few_bytes_do_not_become_millions_of_cells(tmp_path: Path, rows: str, shared: str) -> None:
    path = write_raw_workbook(tmp_path / "a.xlsx", rows, shared=shared)
    began = time.monotonic()
    assert (await _refusal(path)).code == "document_too_large"
    assert time.monotonic() - began < 30


def test_more_columns_than_a_table_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        _text(write_workbook(tmp_path / "a.xlsx", {"S": [list(range(201)), list(range(201))]}))
    assert (refusal.value.code, "200 columns" in refusal.value.message) == ("document_damaged", True)


def test_cells_are_counted_over_all_sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MAX_CELLS", 10)
    path = write_workbook(tmp_path / "a.xlsx", {"A": PLANS, "B": PLANS})
    with pytest.raises(InvalidInputError) as refusal:
        _text(path)
    assert refusal.value.code == "document_too_large"
