"""The command line from outside."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.environment import child_environment
from run_bot import app

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("chromadb", "fastapi", "numpy", "pipecat", "simulator", "sqlalchemy", "torch", "uvicorn")

_NO_DEVICE = """
class PyAudio:
    def get_device_count(self): return 0
    def get_default_input_device_info(self): raise OSError("No Default Input Device Available")
    get_default_output_device_info = get_default_input_device_info
    def terminate(self): pass
"""


def run(folder: Path, *arguments: str, text: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder without `.env`, with these settings alone."""
    return subprocess.run(
        [sys.executable, str(ROOT / "run_bot.py"), *arguments],
        cwd=folder,
        env=child_environment(settings),
        input=text,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_help_names_every_verb_with_examples() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    for text in ("serve", "chat", "demo", "python run_bot.py demo", ".env.example"):
        assert text in result.output


@pytest.mark.parametrize("verb", ["serve", "chat", "talk", "demo"])
def test_each_verb_has_help(verb: str) -> None:
    result = CliRunner().invoke(app, [verb, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys, run_bot; sys.exit(', '.join(set({HEAVY!r}) & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stderr.strip() == ""


def test_serve_says_what_is_missing_without_a_traceback(tmp_path: Path) -> None:
    result = run(tmp_path, "serve")
    assert result.returncode == 2
    assert "TWILIO_AUTH_TOKEN and PUBLIC_URL are not set" in result.stderr
    assert "Traceback" not in result.stderr


def test_serve_says_it_before_the_seconds_that_importing_the_server_takes(tmp_path: Path) -> None:
    result = run(tmp_path, "serve", PYTHONPROFILEIMPORTTIME="1")
    assert result.returncode == 2
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "cli.start" in imported
    assert not imported & {*HEAVY, "api.server"}


def test_a_setting_that_cannot_be_used_is_named_without_its_value(tmp_path: Path) -> None:
    result = run(tmp_path, "serve", PORT="ninety", DEEPGRAM_API_KEY="secret-key")
    assert result.returncode == 2
    assert "PORT" in result.stderr
    assert "Traceback" not in result.stderr
    assert "secret-key" not in result.stderr


def test_serve_warns_of_a_misspelt_setting(tmp_path: Path) -> None:
    result = run(tmp_path, "serve", TWILIO_AUTH_TOKN="x")
    assert "did you mean TWILIO_AUTH_TOKEN?" in result.stderr


def test_chat_without_ollama_says_what_to_do(tmp_path: Path) -> None:
    settings = {"OLLAMA_HOST": "http://127.0.0.1:9", "DATA_FILE": str(ROOT / "data" / "samples")}
    result = run(tmp_path, "chat", text="Hello?\n", **settings)
    assert result.returncode == 2
    for advice in ("ollama serve", "ollama pull llama3.1:8b", "chat --simulated"):
        assert advice in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("pyaudio", "advice"),
    [
        ("raise ModuleNotFoundError(__name__)", "pipecat-ai[local]"),
        ("raise ImportError('libportaudio.so.2')", "portaudio19-dev"),
        (_NO_DEVICE, "no microphone on this machine"),
    ],
)
def test_talk_says_what_is_missing_without_a_traceback(tmp_path: Path, pyaudio: str, advice: str) -> None:
    (tmp_path / "pyaudio.py").write_text(pyaudio, encoding="utf-8")
    result = run(tmp_path, "talk", DEEPGRAM_API_KEY="a-key", PYTHONPATH=str(tmp_path))
    assert result.returncode == 2
    assert advice in result.stderr
    assert "Traceback" not in result.stderr


def test_chat_reads_piped_lines_to_their_end(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        "chat",
        "--simulated",
        text="How much does the Heron plan cost?\nAnd the Osprey plan?",
        DATA_FILE=str(ROOT / "data" / "samples"),
    )
    assert result.returncode == 0, result.stderr
    assert "You: How much does the Heron plan cost?" in result.stdout
    assert "20,400" in result.stdout
    assert "27,800" in result.stdout
    assert result.stdout.rstrip().endswith("stored.")
    assert result.stderr == ""
