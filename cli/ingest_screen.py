"""Shows how far an ingestion is: a bar for the documents, one for the chunks of the current one, and the rate."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from data.knowledge.progress import ProgressListener


class IngestScreen:
    """Progress on a terminal, lines in a pipe.

    Args:
        console: Where it is shown.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[rate]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._documents: TaskID | None = None
        self._chunks: TaskID | None = None

    @contextmanager
    def running(self, total: int) -> Iterator[None]:
        """Show the bars while the context lasts, for so many documents."""
        with self._progress:
            self._documents = self._progress.add_task("documents", total=total, rate="")
            self._chunks = self._progress.add_task("", total=None, rate="")
            yield

    def document(self, name: str) -> ProgressListener:
        """Begin with a document; what is told how far it is."""
        began = time.monotonic()

        def listen(done: int, total: int) -> None:
            # Each chunk counts twice: when it is embedded, and when it is published.
            rate = done / 2 / max(0.001, time.monotonic() - began)
            if self._chunks is not None:
                shown = f"{rate:.0f} chunks/s"
                self._progress.update(
                    self._chunks, description=name, completed=done / 2, total=total / 2, rate=shown
                )

        return listen

    def done(self, line: str, *, failed: bool = False) -> None:
        """One document is done, or could not be used."""
        if self._documents is not None:
            self._progress.advance(self._documents)
        self._progress.console.print(line, style="red" if failed else None, markup=False)

    def say(self, line: str) -> None:
        """A line for the reader."""
        self._console.print(line, markup=False)
