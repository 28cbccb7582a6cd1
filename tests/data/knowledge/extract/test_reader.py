"""Hostile files: each ends with a clear refusal, in bounded time and memory, while the event loop goes on."""

import asyncio
import itertools
import json
import time
import zipfile
from pathlib import Path

import pytest

from config.errors import CapacityError, InvalidInputError
from data.knowledge.extract import reader as reading
from data.knowledge.extract.reader import DocumentReader
from tests.data.knowledge.files import Line, paragraph, write_docx, write_pdf


async def _refusal(path: Path) -> InvalidInputError:
    with pytest.raises(InvalidInputError) as refusal:
        await DocumentReader(deadline_seconds=60).read_file(path)
    return refusal.value


async def test_a_file_becomes_chunks_with_pages_and_title_paths(tmp_path: Path) -> None:
    pages = [
        [Line(f"Chapter {n}", 60, 100, 18), Line(f"What chapter {n} says about the subject of it.", 60, 140)]
        for n in (1, 2)
    ]
    document = await DocumentReader().read_file(write_pdf(tmp_path / "book.pdf", pages))
    assert [(chunk.title, chunk.page) for chunk in document.chunks] == [("Chapter 1", 1), ("Chapter 2", 2)]
    assert (document.name, document.filename) == ("Chapter 1", "book.pdf")
    assert document.size_bytes == (tmp_path / "book.pdf").stat().st_size


async def test_texts_keep_their_name(tmp_path: Path) -> None:
    document = await DocumentReader().read_text("We open at eight.", name="Hours")
    assert (document.name, document.filename, len(document.chunks)) == ("Hours", None, 1)


@pytest.mark.parametrize(
    ("filename", "content", "code"),
    [
        ("empty.txt", b"", "document_empty"),
        ("blank.pdf", b" \n", "document_empty"),
        ("broken.pdf", b"%PDF-1.4\n1 0 obj << /Type", "document_damaged"),
        ("broken.docx", b"PK\x03\x04 not a zip", "document_damaged"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "document_encoding"),
        ("broken.json", b'{"a": ', "document_damaged"),
        ("deep.json", b"[" * 100_000 + b"]" * 100_000, "document_damaged"),
        ("scripts.html", b"<script>alert(1)</script><style>p{}</style>", "document_without_text"),
        ("deep.html", b"<div>" * 50_000 + b"text", "document_too_complex"),
        ("program.exe", b"MZ", "unsupported_document_type"),
        ("cell.csv", b'a,b\n"' + b"x" * 200_000, "document_damaged"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_its_reason(
    tmp_path: Path, filename: str, content: bytes, code: str
) -> None:
    path = tmp_path / filename
    path.write_bytes(content)
    assert (await _refusal(path)).code == code


async def test_an_encrypted_pdf_says_so(tmp_path: Path) -> None:
    refusal = await _refusal(write_pdf(tmp_path / "secret.pdf", [[Line("x", 60, 60)]], encrypted=True))
    assert refusal.code == "document_encrypted"
    assert "no text was found" in refusal.message


async def test_a_scanned_pdf_says_that_no_text_was_found(tmp_path: Path) -> None:
    refusal = await _refusal(write_pdf(tmp_path / "scan.pdf", [[]], rules="0 0 612 792 re f\n"))
    assert refusal.code == "document_without_text"
    assert "No text was found" in refusal.message


async def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    bomb = write_docx(tmp_path / "bomb.docx", paragraph("x"), extra={"word/media/a.bin": bytes(60_000_000)})
    assert bomb.stat().st_size < 200_000
    assert (await _refusal(bomb)).code == "document_too_large"


async def test_a_zip_bomb_that_lies_about_its_size_unpacks_no_further(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "liar.docx", paragraph("x" * 30_000_000))
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("word/document.xml").file_size
    raw = path.read_bytes().replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    path.write_bytes(raw)
    assert (await _refusal(path)).code == "document_damaged"


async def test_xml_entities_do_not_multiply(tmp_path: Path) -> None:
    letters = "abcdefghij"
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {letter} "{f"&{before};" * 10}">' for before, letter in itertools.pairwise(letters)
    )
    path = write_docx(tmp_path / "laughs.docx", paragraph("x"))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = entities.encode() + b"]>" + parts["word/document.xml"].replace(b">x<", b">&j;<")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert (await _refusal(path)).code == "document_damaged"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
async def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "preise.txt"
    path.write_bytes("Übergröße kostet 5 € mehr.".encode(encoding))
    assert (await DocumentReader().read_file(path)).text == "Übergröße kostet 5 € mehr."


async def test_a_table_of_100_000_lines_never_stops_the_event_loop(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("sku,price\n" + "".join(f"A{n:06},{n % 977}\n" for n in range(100_000)))
    longest = 0.0
    done = asyncio.Event()

    async def tick() -> None:
        nonlocal longest
        last = time.perf_counter()
        while not done.is_set():
            await asyncio.sleep(0.005)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now

    ticking = asyncio.create_task(tick())
    document = await DocumentReader().read_file(path)
    done.set()
    await ticking
    assert "A099999" in document.chunks[-1].text
    assert document.chunks[-1].text.count("| sku | price |") == 1
    # The work itself takes many times longer; what is left is decoding the answer.
    assert longest < 1.0


async def test_more_chunks_than_an_agent_can_search_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("question,answer\n" + "".join(f"What is {n}?,A number.\n" for n in range(12_100)))
    refusal = await _refusal(path)
    assert refusal.code == "document_too_large"
    assert "chunks" in refusal.message


async def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(["x"] * 10))
    with pytest.raises(InvalidInputError) as refusal:
        await DocumentReader(deadline_seconds=0.01).read_file(path)
    assert refusal.value.code == "document_too_complex"


async def test_too_many_at_once_are_told_to_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_WAITING", 1)
    path = tmp_path / "a.txt"
    path.write_text("text")
    reader = DocumentReader()
    results = await asyncio.gather(*(reader.read_file(path) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(result, CapacityError) for result in results) == 2
