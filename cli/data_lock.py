"""One process at a time on the embedded vector store, which is not safe across processes.

With a Chroma server there is nothing to guard: databases look after themselves.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout

from config.errors import ConfigurationError
from config.settings import Settings


@contextmanager
def exclusive_data(settings: Settings) -> Iterator[None]:
    """Hold the data folder while the context lasts; the operating system lets go of it even after a crash.

    Raises:
        ConfigurationError: Another process has it.
    """
    if settings.chroma_url is not None:
        yield
        return
    folder = settings.chroma_path.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f"{folder.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise ConfigurationError(
            f"Another process uses {settings.chroma_path}: a running server, or a chat or talk in another window. "
            "Stop it first, or use a Chroma server (CHROMA_URL), which several processes can share."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def own_or_copied_data(settings: Settings) -> Iterator[Settings]:
    """Settings to work with beside a running server: only the embedded vector store is not shared with it.

    Where another process has the vector store, an empty one in a temporary folder takes its place; whoever uses it
    fills it from the database, which holds every document's vectors.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive_data(settings))
        except ConfigurationError:
            folder = stack.enter_context(TemporaryDirectory(prefix="vectors-", ignore_cleanup_errors=True))
            settings = settings.model_copy(update={"chroma_path": Path(folder) / "chroma"})
        yield settings
