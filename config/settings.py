"""The one settings object: read once at the start from the environment, `.env` and `SECRETS_DIR`.

Nothing else in the product looks at the environment. What is wrong is said at once and whole, by the name of
the variable and never with its value, because values may be secrets.
"""

import os
from pathlib import Path
from urllib.parse import unquote

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.errors import ConfigurationError
from config.setting_groups import (
    DeepgramSettings,
    EmbedProvider,
    InterruptSettings,
    KnowledgeSettings,
    LogSettings,
    OllamaSettings,
    SecuritySettings,
    ServerSettings,
    StorageSettings,
    TwilioSettings,
    VectorStoreKind,
)
from config.values import http_url, websocket_url

DEFAULT_ENV_FILE = Path(".env")


class Settings(
    TwilioSettings,
    DeepgramSettings,
    OllamaSettings,
    KnowledgeSettings,
    ServerSettings,
    SecuritySettings,
    InterruptSettings,
    StorageSettings,
    LogSettings,
    BaseSettings,
):
    """All settings, immutable; the fields are in `config/setting_groups.py`.

    Order of precedence: arguments, environment, `.env`, files in `SECRETS_DIR`, defaults. An empty variable
    counts as not set.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, case_sensitive=False, env_file_encoding="utf-8"
    )

    @property
    def var_dir(self) -> Path:
        """Folder of everything that the server writes by default."""
        return Path("var")

    @property
    def public_websocket_url(self) -> str | None:
        """`PUBLIC_URL` as Twilio needs it for a media stream: `wss://…`, no trailing slash."""
        return websocket_url(self.public_url) if self.public_url else None

    @property
    def deepgram_http_url(self) -> str:
        """Deepgram's base URL for requests: `https://…`, no trailing slash."""
        return http_url(self.deepgram_base_url)

    @property
    def deepgram_websocket_url(self) -> str:
        """Deepgram's base URL for streams: `wss://…`, no trailing slash."""
        return websocket_url(self.deepgram_base_url)

    @property
    def ollama_headers(self) -> dict[str, str]:
        """What requests to Ollama carry: its key, if it wants one."""
        key = self.ollama_api_key
        return {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}

    def secret_values(self) -> tuple[str, ...]:
        """Every secret in clear, for the log's redaction and for nothing else."""
        found: list[str] = []
        for name in type(self).model_fields:
            value: object = getattr(self, name)
            items = value if isinstance(value, tuple) else (value,)
            found.extend(item.get_secret_value() for item in items if isinstance(item, SecretStr))
        password = _password_of(self.database_url)
        if password:
            found += [password, unquote(password)]
        return tuple(dict.fromkeys(found))

    def missing_credentials(self) -> tuple[str, ...]:
        """What the server starts without, degraded: one sentence for each, saying what to set."""
        missing = []
        if self.deepgram_api_key is None:
            missing.append("DEEPGRAM_API_KEY is not set: agents can neither hear nor speak.")
        if self.twilio_account_sid is None or self.twilio_auth_token is None:
            missing.append(
                "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not both set: the server can neither place "
                "calls nor hang them up."
            )
        if self.public_url is None:
            missing.append("PUBLIC_URL is not set: Twilio is told the address that it called us by.")
        return tuple(missing)

    def require_servable(self) -> None:
        """Refuse settings with which `serve` must not start.

        Missing vendors are no reason to refuse (see `missing_credentials`): contradictions are.

        Raises:
            ConfigurationError: All contradictions, one line each.
        """
        problems = []
        if self.twilio_validate_signatures:
            absent = [
                name
                for name, value in (
                    ("TWILIO_AUTH_TOKEN", self.twilio_auth_token),
                    ("PUBLIC_URL", self.public_url),
                )
                if value is None
            ]
            if absent:
                problems.append(
                    f"TWILIO_VALIDATE_SIGNATURES is on, but {' and '.join(absent)} "
                    f"{'is' if len(absent) == 1 else 'are'} not set: set what is missing, or "
                    "TWILIO_VALIDATE_SIGNATURES=false where no stranger can reach the server"
                )
        if self.record_calls and not self.encryption_key:
            problems.append("RECORD_CALLS is on, but ENCRYPTION_KEY is not set: set it, or switch it off")
        if self.embed_provider is EmbedProvider.OPENAI and self.openai_api_key is None:
            problems.append("EMBED_PROVIDER is openai, but OPENAI_API_KEY is not set: set it, or use another one")
        if self.vector_store is VectorStoreKind.FAISS and self.chroma_url is not None:
            problems.append("VECTOR_STORE is faiss, but CHROMA_URL is set: remove one of the two")
        if self.chunk_overlap > self.chunk_characters // 2:
            problems.append("CHUNK_OVERLAP is more than half of CHUNK_CHARACTERS: lower it")
        if problems:
            raise _configuration_error(problems)


def load_settings(env_file: Path | None = DEFAULT_ENV_FILE) -> Settings:
    """Read the settings.

    Args:
        env_file: The `.env` to read beside the environment, if it exists; None reads none.

    Raises:
        ConfigurationError: Every setting that cannot be used, one line each, without its value.
    """
    secrets_dir = _secrets_dir(env_file)
    try:
        return Settings(_env_file=env_file, _secrets_dir=secrets_dir)
    except ValidationError as error:
        problems = [
            f"{str(item['loc'][0]).upper() if item['loc'] else 'settings'}: {_sentence(item['msg'])}"
            for item in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        raise _configuration_error(problems) from None


def _secrets_dir(env_file: Path | None) -> Path | None:
    # pydantic-settings needs the folder before it reads the variables that name it.
    dotenv = read_env_file(env_file) if env_file else {}
    named = os.environ.get("SECRETS_DIR") or dotenv.get("SECRETS_DIR")
    if not named:
        return None
    path = Path(named)
    if not path.is_dir():
        raise _configuration_error(["SECRETS_DIR: there is no such folder; create it or unset SECRETS_DIR"])
    return path


def read_env_file(env_file: Path) -> dict[str, str]:
    """The names and values in a `.env`; empty if there is none."""
    if not env_file.is_file():
        return {}
    return {name: value or "" for name, value in dotenv_values(env_file, encoding="utf-8").items()}


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ")


def _configuration_error(problems: list[str]) -> ConfigurationError:
    lines = "\n".join(f"  - {problem}" for problem in problems)
    return ConfigurationError(f"These settings need a change:\n{lines}")


def _password_of(url: str) -> str | None:
    _, separator, rest = url.partition("://")
    credentials, at, _ = rest.rpartition("@")
    _, colon, password = credentials.partition(":")
    return password or None if separator and at and colon else None
