"""`.env.example` is what the settings say."""

import re
from pathlib import Path

import pytest

from config.env_example import render_env_example
from config.setting_groups import GROUPS
from config.setting_names import setting_names
from config.settings import Settings, load_settings

_FILE = Path(__file__).parents[2] / ".env.example"


def test_it_is_up_to_date() -> None:
    assert _FILE.read_text(encoding="utf-8") == render_env_example(), (
        "write it anew: python -m config.env_example > .env.example"
    )


def test_it_lists_exactly_the_settings() -> None:
    listed = re.findall(r"^#([A-Z_]+)=", _FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(setting_names())
    assert len(listed) == len(set(listed))


def test_every_setting_is_described() -> None:
    fields = [field for group in GROUPS for field in group.model_fields.values()]
    assert all(field.description and len(field.description) <= 110 for field in fields)


def test_its_values_are_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    used = tmp_path / ".env"
    text = re.sub(r"^#([A-Z_]+=)", r"\1", _FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    used.write_text(text, encoding="utf-8")
    assert load_settings(used) == Settings(_env_file=None)
