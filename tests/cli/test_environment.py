import pytest

from cli.environment import child_environment


def test_a_child_gets_its_own_settings_and_none_of_its_parents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPGRAM_API_KEY", "of the parent")
    monkeypatch.setenv("chroma_url", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:2")
    environment = child_environment({"PORT": "1234"})
    assert environment["PORT"] == "1234"
    assert environment["HTTPS_PROXY"] == "http://127.0.0.1:2"
    assert not {"DEEPGRAM_API_KEY", "chroma_url"} & set(environment)
    assert "PATH" in environment
