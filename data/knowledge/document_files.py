"""Which files of a path are documents: one file, a folder with the folders in it, or an organization's folder."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from config.errors import InvalidInputError, NotFoundError
from data.knowledge.extract.formats import SUFFIXES

MAX_DOCUMENTS = 1_000
ORGANIZATION_FILE = "config.json"
KNOWLEDGE_FOLDER = "knowledge"
_LEFT_OUT = (".", "~$")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that may be a document.

    Attributes:
        path: Where it is; absolute.
        filename: Its path inside the folder that was searched; what it is known by from then on.
    """

    path: Path
    filename: str


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """What a search found.

    Attributes:
        files: Sorted by path.
        skipped: Files of no format that can be read, as paths inside the folder; to be shown.
    """

    files: tuple[FoundFile, ...] = ()
    skipped: tuple[str, ...] = ()


def find_files(path: Path, suffixes: Collection[str] = SUFFIXES) -> FoundFiles:
    """Find the documents at a path; blocking.

    A folder that holds `config.json` and `knowledge/` is an organization: only `knowledge/` is searched. Hidden
    files, links that lead out of the folder, and what Office leaves beside a file that is open are left out.

    Args:
        path: A file or a folder.
        suffixes: What names of documents may end in, in lower case.

    Raises:
        NotFoundError: Nothing is there.
        InvalidInputError: The file is of no such format; there is no document; there are too many.
    """
    path = path.absolute()
    if path.is_file():
        if path.suffix.lower() not in suffixes:
            raise InvalidInputError(
                f"{path.name} has no format that can be read ({', '.join(sorted(suffixes))}).",
                code="unsupported_document_type",
            )
        return FoundFiles((FoundFile(path, path.name),))
    if not path.is_dir():
        raise NotFoundError(f"There is no file or folder {path}.", code="document_not_found")
    organization = (path / ORGANIZATION_FILE).is_file() and (path / KNOWLEDGE_FOLDER).is_dir()
    return _search(path / KNOWLEDGE_FOLDER if organization else path, suffixes)


def _search(root: Path, suffixes: Collection[str]) -> FoundFiles:
    found: list[FoundFile] = []
    skipped: list[str] = []
    for file in _files(root):
        filename = file.relative_to(root).as_posix()
        if file.suffix.lower() not in suffixes:
            skipped.append(filename)
            continue
        if len(found) == MAX_DOCUMENTS:
            raise InvalidInputError(
                f"There are more than {MAX_DOCUMENTS:,} documents in {root}.", code="too_many_documents"
            )
        found.append(FoundFile(file, filename))
    if not found:
        raise InvalidInputError(
            f"There is no document in {root} ({', '.join(sorted(suffixes))}).", code="no_documents"
        )
    return FoundFiles(tuple(found), tuple(skipped))


def _files(root: Path) -> Iterator[Path]:
    inside = root.resolve()
    for file in sorted(root.rglob("*")):
        hidden = any(part.startswith(_LEFT_OUT) for part in file.relative_to(root).parts)
        if not hidden and file.is_file() and file.resolve().is_relative_to(inside):
            yield file
