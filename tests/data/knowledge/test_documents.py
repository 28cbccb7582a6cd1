"""Documents from disk: encodings, folders, and messages that say what to do."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import InvalidInputError, NotFoundError
from data.knowledge import document_files
from data.knowledge.documents import load_documents, make_document
from data.knowledge.extract.plain_text import decode_text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_whatever_encoding_it_was_saved(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "opening_hours.txt"
    file.write_bytes("Café: 8–18 Uhr, 5 €\r\n".encode(encoding))
    (document,) = load_documents(file).documents
    assert document.text == "Café: 8–18 Uhr, 5 €\n"
    assert document.name == "Opening hours"
    assert document.filename == "opening_hours.txt"


def test_the_first_heading_is_the_name(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Plans and prices\n\nText.")
    assert load_documents(tmp_path).documents[0].name == "Plans and prices"


def test_equal_texts_have_equal_hashes_whatever_their_line_ends() -> None:
    assert make_document("a\r\nb").content_hash == make_document("a\nb", name="other").content_hash
    assert make_document("a\nb").content_hash != make_document("a\nc").content_hash


def test_a_folder_is_read_in_order_and_says_what_it_left_out(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.md").write_text("B")
    (tmp_path / "sub" / "a.txt").write_text("A")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    (tmp_path / ".hidden.md").write_text("secret")
    (tmp_path / "~$b.md").write_text("whoever has b.md open")
    loaded = load_documents(tmp_path)
    assert [document.filename for document in loaded.documents] == ["b.md", "sub/a.txt"]
    assert loaded.skipped == ("photo.png",)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "inside.md").write_text("public")
    (folder / "link.md").symlink_to(tmp_path / "outside.md")
    assert [document.filename for document in load_documents(folder).documents] == ["inside.md"]


def test_an_organization_gives_only_its_knowledge(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "notes.md").write_text("not knowledge")
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "a.md").write_text("knowledge")
    assert [document.text for document in load_documents(tmp_path).documents] == ["knowledge"]


def test_what_is_absent_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nowhere") as caught:
        load_documents(tmp_path / "nowhere")
    assert caught.value.code == "document_not_found"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("scan.pdf", b"%PDF-1.7", "unsupported_document_type"),
        ("empty.txt", b"", "document_empty"),
        ("blank.md", b"\xef\xbb\xbf \r\n", "document_empty"),
        ("program.txt", b"\x7fELF\x00\x01", "document_encoding"),
        ("broken.txt", b"\xff\xfea", "document_encoding"),
        ("undefined.txt", b"\x81\x8d", "document_encoding"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInputError) as caught:
        load_documents(tmp_path / name)
    assert caught.value.code == code
    assert name in caught.value.message


def test_a_file_that_is_too_large_is_never_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.txt"
    with file.open("wb") as sparse:
        sparse.truncate(500_000_000)
    with pytest.raises(InvalidInputError) as caught:
        load_documents(file)
    assert caught.value.code == "document_too_large"


def test_a_folder_without_documents_and_one_with_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInputError) as caught:
        load_documents(tmp_path)
    assert caught.value.code == "no_documents"
    monkeypatch.setattr(document_files, "MAX_DOCUMENTS", 1)
    (tmp_path / "a.md").write_text("A")
    (tmp_path / "b.md").write_text("B")
    with pytest.raises(InvalidInputError) as caught:
        load_documents(tmp_path)
    assert caught.value.code == "too_many_documents"


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(content: bytes) -> None:
    text = ""
    with contextlib.suppress(InvalidInputError):
        text = decode_text(content, "file.txt")
    assert isinstance(text, str)
