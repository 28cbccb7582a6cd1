"""What the environment, `.env` and secret files make of the settings."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from config.errors import ConfigurationError
from config.setting_groups import LogLevel, StatusWords
from config.setting_names import setting_names
from config.settings import Settings, load_settings, read_env_file
from config.values import split_list


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)


def test_defaults() -> None:
    settings = load_settings(None)
    assert settings.port == 9001
    assert settings.deepgram_voice == "aura-2-thalia-en"
    assert settings.deepgram_stt_model == "nova-3"
    assert settings.ollama_model == "llama3.1:8b"
    assert settings.ollama_host == "http://127.0.0.1:11434"
    assert settings.twilio_base_url == "https://api.twilio.com"
    assert settings.database_url == "sqlite:///./var/agents.db"
    assert settings.chroma_path == Path("var/chroma")
    assert settings.data_file == Path("data/samples")
    assert settings.twilio_validate_signatures is True
    assert settings.interrupt_enabled is True
    assert (settings.interrupt_min_energy, settings.interrupt_baseline_factor) == (800, 2.8)
    assert (settings.interrupt_debounce_ms, settings.interrupt_min_speech_ms) == (400, 100)
    assert settings.record_calls is False
    assert settings.retention_days == 30
    assert settings.llm_timeout_sec == 10
    assert settings.conversation_status_words is StatusWords.SDR
    assert settings.log_level is LogLevel.INFO
    assert settings.api_keys == ()
    assert settings.var_dir == Path("var")


def test_environment_wins_over_file_and_empty_counts_as_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("PORT=1234\nOLLAMA_MODEL=from-file\nLOG_LEVEL=debug\nUNKNOWN=1\nDEEPGRAM_VOICE=\n")
    monkeypatch.setenv("PORT", "4321")
    monkeypatch.setenv("OLLAMA_MODEL", "")
    settings = load_settings(env_file)
    assert (settings.port, settings.ollama_model) == (4321, "from-file")
    assert settings.log_level is LogLevel.DEBUG
    assert settings.deepgram_voice == "aura-2-thalia-en"


def test_a_missing_file_is_no_fault(tmp_path: Path) -> None:
    assert load_settings(tmp_path / ".env").port == 9001
    assert read_env_file(tmp_path / ".env") == {}


def test_secrets_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "twilio_auth_token").write_text("from-a-file\n")
    (folder / "api_keys").write_text("k1,k2")
    monkeypatch.setenv("SECRETS_DIR", str(folder))
    settings = load_settings(None)
    assert settings.twilio_auth_token == SecretStr("from-a-file")
    assert [key.get_secret_value() for key in settings.api_keys] == ["k1", "k2"]
    monkeypatch.delenv("SECRETS_DIR")
    env_file = tmp_path / ".env"
    env_file.write_text(f"SECRETS_DIR={folder}\n")
    assert load_settings(env_file).twilio_auth_token == SecretStr("from-a-file")
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match="SECRETS_DIR"):
        load_settings(None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("a", ["a"]), (" a , b,", ["a", "b"]), ('["a,b", "c"]', ["a,b", "c"]), (",", []), ("[]", [])],
)
def test_lists(monkeypatch: pytest.MonkeyPatch, written: str, meant: list[str]) -> None:
    monkeypatch.setenv("CORS_ORIGINS", written)
    monkeypatch.setenv("ENCRYPTION_KEY", written)
    settings = load_settings(None)
    assert list(settings.cors_origins) == meant
    assert [key.get_secret_value() for key in settings.encryption_key] == meant


@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool)))
def test_any_list_can_be_written_as_json(items: list[str]) -> None:
    assert split_list(json.dumps(items)) == tuple(items)


def test_all_faults_are_said_at_once_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = {
        "PORT": "hunter2",
        "TWILIO_PHONE_NUMBER": "555-hunter2",
        "PUBLIC_URL": "https://me:hunter2@example.com",
        "API_KEYS": '["hunter2", 5]',
        "LOG_LEVEL": "hunter2",
        "OLLAMA_HOST": "ftp://hunter2",
        "LLM_TIMEOUT_SEC": "0",
        "INTERRUPT_ENABLED": "hunter2",
    }
    for name, value in faults.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as error:
        load_settings(None)
    assert "hunter2" not in error.value.message
    assert len(error.value.message.splitlines()) == 1 + len(faults)
    assert all(f"- {name}: " in error.value.message for name in faults)


def test_settings_do_not_change_and_hide_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "hunter22")
    monkeypatch.setenv("API_KEYS", "hunter33")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter%4044@host/db")
    settings = load_settings(None)
    assert "hunter22" not in repr(settings)
    assert "hunter33" not in repr(settings)
    assert set(settings.secret_values()) == {"hunter22", "hunter33", "hunter%4044", "hunter@44"}
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_urls_of_both_kinds() -> None:
    settings = Settings(
        _env_file=None, deepgram_base_url="ws://127.0.0.1:8080/", public_url="https://example.com/agent/"
    )
    assert settings.deepgram_http_url == "http://127.0.0.1:8080"
    assert settings.deepgram_websocket_url == "ws://127.0.0.1:8080"
    assert settings.public_url == "https://example.com/agent"
    assert settings.public_websocket_url == "wss://example.com/agent"
    assert Settings(_env_file=None).deepgram_websocket_url == "wss://api.deepgram.com"
    assert Settings(_env_file=None).public_websocket_url is None


def test_ollama_is_given_a_key_only_where_there_is_one() -> None:
    assert Settings.model_validate({"ollama_api_key": None}).ollama_headers == {}
    keyed = Settings.model_validate({"ollama_api_key": "a-key"})
    assert keyed.ollama_headers == {"Authorization": "Bearer a-key"}
    assert "a-key" not in repr(keyed)


def test_what_contradicts_itself_is_not_served() -> None:
    with pytest.raises(ConfigurationError) as error:
        Settings(_env_file=None, record_calls=True).require_servable()
    for name in (
        "TWILIO_VALIDATE_SIGNATURES",
        "TWILIO_AUTH_TOKEN",
        "PUBLIC_URL",
        "RECORD_CALLS",
        "ENCRYPTION_KEY",
    ):
        assert name in error.value.message
    with pytest.raises(ConfigurationError) as error:
        Settings(
            _env_file=None,
            twilio_validate_signatures=False,
            embed_provider="openai",
            vector_store="faiss",
            chroma_url="http://chroma:8000",
        ).require_servable()
    assert "OPENAI_API_KEY is not set" in error.value.message
    assert "remove one of the two" in error.value.message
    with pytest.raises(ConfigurationError) as error:
        Settings(_env_file=None, public_url="https://example.com").require_servable()
    assert "TWILIO_AUTH_TOKEN is not set" in error.value.message


def test_missing_vendors_are_served_and_said() -> None:
    bare = Settings(_env_file=None, twilio_validate_signatures=False)
    bare.require_servable()
    assert [line.split()[0] for line in bare.missing_credentials()] == [
        "DEEPGRAM_API_KEY",
        "TWILIO_ACCOUNT_SID",
        "PUBLIC_URL",
    ]
    whole = Settings(
        _env_file=None,
        deepgram_api_key=SecretStr("x"),
        twilio_account_sid="AC1",
        twilio_auth_token=SecretStr("y"),
        public_url="https://example.com",
        record_calls=True,
        encryption_key=(SecretStr("z"),),
    )
    whole.require_servable()
    assert whole.missing_credentials() == ()
