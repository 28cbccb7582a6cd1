"""Makes Excel workbooks: small ones of values by openpyxl, hostile ones part by part."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from data.knowledge.extract.cell_text import CellValue

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
Rows = Sequence[Sequence[CellValue]]
COMPOUND_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
"""How Office's older container begins."""
ENCRYPTED = COMPOUND_HEAD + "EncryptedPackage".encode("utf-16-le") + bytes(600)
"""What a workbook with a password looks like from outside."""


def write_workbook(
    path: Path,
    sheets: Mapping[str, Rows],
    *,
    formats: Mapping[str, str] | None = None,
    hidden: Sequence[str] = (),
) -> Path:
    """A workbook with these rows of values by sheet.

    Args:
        path: Where to.
        sheets: Rows by the sheet's name.
        formats: Number formats of the first sheet's cells, such as `{"B2": "0%"}`.
        hidden: Sheets that are not shown.
    """
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            sheet.append(row)
    for cell, code in (formats or {}).items():
        workbook.worksheets[0][cell].number_format = code
    workbook.save(path)
    return path


def write_raw_workbook(
    path: Path, rows: str, *, shared: str = "", prolog: str = "", more: Mapping[str, bytes] | None = None
) -> Path:
    """A workbook of one sheet that holds this XML as its rows.

    Args:
        path: Where to.
        rows: `row` elements.
        shared: `si` elements, the shared texts.
        prolog: What stands before the sheet's root element.
        more: Other parts of the archive.
    """
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Data" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
        "xl/worksheets/sheet1.xml": (
            f'{prolog}<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData>'
            "</worksheet>"
        ),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        parts.update(more or {})
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def text_cell(text: str) -> str:
    """A `c` element with a text of its own."""
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def _content_types() -> str:
    kinds = {
        "/xl/workbook.xml": "sheet.main",
        "/xl/worksheets/sheet1.xml": "worksheet",
        "/xl/sharedStrings.xml": "sharedStrings",
    }
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in kinds.items()
    )
    return f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{overrides}</Types>'


def _relations(*targets: tuple[str, str]) -> str:
    parts = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{parts}</Relationships>'
