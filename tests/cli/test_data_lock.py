from pathlib import Path

import pytest

from cli.data_lock import exclusive_data, own_or_copied_data
from config.errors import ConfigurationError
from config.settings import Settings


def test_the_second_process_is_told_why_and_the_next_one_gets_in(tmp_path: Path) -> None:
    settings = Settings.model_validate({"chroma_path": tmp_path / "var" / "chroma"})
    with (
        exclusive_data(settings),
        pytest.raises(ConfigurationError, match="a running server"),
        exclusive_data(settings),
    ):
        pytest.fail("two processes had the same store")
    with exclusive_data(settings):
        pass


def test_other_folders_and_chroma_servers_are_not_held_up(tmp_path: Path) -> None:
    first, second = (Settings.model_validate({"chroma_path": tmp_path / name / "chroma"}) for name in "ab")
    served = first.model_copy(update={"chroma_url": "http://127.0.0.1:8000"})
    with exclusive_data(first), exclusive_data(second), exclusive_data(served), exclusive_data(served):
        pass


def test_whoever_finds_the_store_taken_gets_an_empty_one_that_goes_away(tmp_path: Path) -> None:
    settings = Settings.model_validate({"chroma_path": tmp_path / "chroma"})
    with own_or_copied_data(settings) as mine:
        assert mine.chroma_path == settings.chroma_path
        with own_or_copied_data(settings) as copied:
            folder = copied.chroma_path.parent
            assert folder.is_dir()
            assert folder != settings.chroma_path.parent
            assert copied.database_url == settings.database_url
        assert not folder.exists()
