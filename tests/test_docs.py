"""What the documents say is what the code does, as far as a test can tell."""

import dataclasses
import json
import re
import shlex
from enum import StrEnum
from pathlib import Path
from typing import cast, get_type_hints
from unittest.mock import MagicMock
from urllib.parse import urlsplit

import pytest
import typer.main
from pipecat.processors.frame_processor import FrameProcessor
from pydantic.fields import FieldInfo

import run_bot
from api.app import create_app
from bot import pipeline
from bot.call_parts import CallParts
from config.setting_names import setting_names
from config.settings import Settings
from simulator.faults import FaultPlan
from simulator.ollama.faults import FaultKind
from simulator.twilio.scenario import parse_scenario
from simulator.twilio.steps import MAIN_FIELDS

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCUMENTS = sorted([README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
_FENCE = re.compile(r"^[ ]*```(\w*)\n(.*?)^[ ]*```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_ROW = re.compile(r"^\| `([A-Z_]+)` \| (?:`([^`]+)`)? ?\|", re.MULTILINE)
_PATH = re.compile(r"(?:[a-z][\w.-]*/)+[\w.-]*|[\w-]+\.(?:py|toml|md|lock|yaml|example)")
_NOT_YET = "Accepted and checked, but without effect on calls yet:"
_MADE_LATER = ("var/", "performance.md")
"""Made at run time, or by a measurement."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _inline(text: str) -> list[str]:
    """What stands between single backticks, outside of examples."""
    return _CODE.findall(_FENCE.sub("", text))


def _fences(document: Path, language: str) -> list[str]:
    text = document.read_text(encoding="utf-8")
    return [body for kind, body in _FENCE.findall(text) if kind == language]


def _commands(document: Path) -> list[list[str]]:
    """The words of every command in the document's shell examples."""
    commands: list[list[str]] = [[]]
    for body in _fences(document, "bash"):
        script = re.sub(r"(?m)(?:^|\s)# .*$", "", body).replace("\\\n", " ")
        # A line's end outside of quotes ends a command; the lexer keeps those inside.
        lexer = shlex.shlex(f"{script}\n", posix=True, punctuation_chars="\n")
        lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t", True, ""
        for word in lexer:
            if word.strip("\n"):
                commands[-1].append(word)
            else:
                commands.append([])
    return [words for words in commands if words]


def _default(field: FieldInfo) -> str:
    value: object = field.default
    match value:
        case None | ():
            return ""
        case bool():
            return str(value).lower()
        case StrEnum():
            return value.value
        case Path():
            return f"./{value.as_posix()}"
        case _:
            return str(value)


def _without_effect() -> set[str]:
    paragraph = README.read_text(encoding="utf-8").partition(_NOT_YET)[2].partition("\n\n")[0]
    return {name for name in _CODE.findall(paragraph) if name.isupper()}


# --- settings ---------------------------------------------------------------------------------------------


def test_the_configuration_table_has_the_names_and_defaults_of_the_settings() -> None:
    rows = dict(_ROW.findall(README.read_text(encoding="utf-8")))
    fields = {name.upper(): field for name, field in Settings.model_fields.items()}
    assert rows == {name: _default(fields[name]) for name in rows}


def test_every_setting_is_either_in_the_table_or_said_to_have_no_effect() -> None:
    rows = [name for name, _ in _ROW.findall(README.read_text(encoding="utf-8"))]
    without_effect = _without_effect()
    assert len(rows) == len(set(rows))
    assert not without_effect & set(rows)
    assert without_effect | set(rows) == set(setting_names())


def test_settings_have_the_effect_that_the_readme_says() -> None:
    used = {name for name in setting_names() if re.search(rf"\b(?:settings|self)\.{name.lower()}\b", _users())}
    # Read before the settings are there: it says where some of them come from.
    used.add("SECRETS_DIR")
    # REST shows the retention in an agent's ElevenLabs view, and nothing more.
    assert used - {"RETENTION_DAYS"} == {name for name, _ in _ROW.findall(README.read_text(encoding="utf-8"))}


def _users() -> str:
    """The code that acts on settings; what only checks them (`require_servable`) does not count."""
    files = [file for package in ("api", "bot", "cli", "data", "processors") for file in _sources(package)]
    properties = (ROOT / "config" / "settings.py").read_text(encoding="utf-8").partition("def require_servable")[0]
    return "\n".join([properties, *(file.read_text(encoding="utf-8") for file in files)])


def _sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_setting_that_a_document_names_exists(document: Path) -> None:
    prefixes = tuple({f"{name.split('_')[0]}_" for name in setting_names() if "_" in name})
    named = {
        word
        for code in _inline(document.read_text(encoding="utf-8"))
        for word in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", code)
        if word.startswith(prefixes)
    }
    stages_and_tools = {"CALL_START", "CALL_SID"}
    assert named - set(setting_names()) - stages_and_tools == set()


# --- files, links, commands -------------------------------------------------------------------------------


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = [link.partition("#")[0] for link in _LINK.findall(document.read_text(encoding="utf-8"))]
    local = [target for target in targets if target and not urlsplit(target).scheme]
    assert [target for target in local if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_files_that_are_named_exist(document: Path) -> None:
    missing = []
    for code in _inline(document.read_text(encoding="utf-8")):
        if not _PATH.fullmatch(code) or "<" in code or code.startswith(_MADE_LATER):
            continue
        places = [
            ROOT / code,
            *(ROOT / package / code for package in ("bot", "bot/media", "bot/services", "bot/tools")),
        ]
        if not any(place.exists() for place in places):
            missing.append(code)
    not_ours = {"knowledge/", Settings.model_fields["embed_model"].default}
    assert set(missing) - not_ours == set()


def test_the_tree_in_the_readme_exists() -> None:
    tree = next(body for body in _fences(README, "text") if "run_bot.py" in body)
    parent = ""
    for line in tree.splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            parent = name if name.endswith("/") else ""
        path = ROOT / (f"{parent}{name}" if line.startswith(" ") else name)
        assert path.exists() or name.startswith(_MADE_LATER), line


def _make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_make_targets_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    inline = [match[1] for code in _inline(text) if (match := re.match(r"make ([a-z]+)", code))]
    fenced = [words[1] for words in _commands(document) if words[0] == "make"]
    assert set(inline) | set(fenced) <= _make_targets()


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_verbs_and_their_options_exist(document: Path) -> None:
    group = typer.main.get_command(run_bot.app)
    verbs = getattr(group, "commands", {})
    for words in _commands(document):
        if "run_bot.py" not in words:
            continue
        verb, *rest = words[words.index("run_bot.py") + 1 :]
        if verb == "--help":
            continue
        assert verb in verbs, words
        command = verbs[verb]
        if hasattr(command, "commands"):
            assert rest[0] in command.commands, words
            command = command.commands[rest[0]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known | {"--help"}, words


def test_the_readme_names_every_verb_that_it_should() -> None:
    text = README.read_text(encoding="utf-8")
    verbs = getattr(typer.main.get_command(run_bot.app), "commands", {})
    assert {"serve", "demo", "chat"} <= set(verbs)
    line = next(line for line in text.splitlines() if line.startswith("cli/ "))
    assert set(verbs) == set(re.findall(r"[a-z]+", line.removeprefix("cli/")))


# --- routes -----------------------------------------------------------------------------------------------


def _routes() -> set[tuple[str, str]]:
    paths = create_app(Settings(_env_file=None)).openapi()["paths"]
    return {(method.upper(), path) for path, operations in paths.items() for method in operations}


def _matches(path: str, template: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) is not None


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_requests_go_to_routes_that_exist(document: Path) -> None:
    routes = _routes()
    for words in _commands(document):
        if words[0] != "curl":
            continue
        url = urlsplit(next(word for word in words if word.startswith("http")))
        if url.port != Settings.model_fields["port"].default:
            continue  # a simulator's
        sends = "-d" in words
        method = words[words.index("-X") + 1] if "-X" in words else "POST" if sends else "GET"
        assert any(verb == method and _matches(url.path, path) for verb, path in routes), words


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_routes_that_are_named_exist(document: Path) -> None:
    paths = {path for _, path in _routes()} | {"/media-stream", "/docs"}
    ours = re.compile(
        r"(?:(?:GET|POST|PATCH|DELETE) |PUBLIC_URL)?"
        r"(/(?:voice|v1/convai|health|metrics|media-stream|docs)[\w/{}-]*)"
    )
    named = [match[1] for code in _inline(document.read_text(encoding="utf-8")) if (match := ours.fullmatch(code))]
    assert [name for name in named if not any(_matches(name, path) for path in paths)] == []


# --- the picture, the simulator's tables ------------------------------------------------------------------


def _stand_in(hint: object) -> object:
    """Something of this type, for assembling a pipeline only: processors know their class's name."""
    if isinstance(hint, type) and issubclass(hint, FrameProcessor):
        return MagicMock(shown=hint.__name__)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return MagicMock(**{name: _stand_in(kind) for name, kind in get_type_hints(hint).items()})
    return MagicMock()


def _assembled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Class names of the processors that `build_pipeline` puts together, from top to bottom."""
    for name, value in tuple(vars(pipeline).items()):
        if isinstance(value, type) and issubclass(value, FrameProcessor) and value is not FrameProcessor:
            monkeypatch.setattr(pipeline, name, lambda *_, shown=name, **__: MagicMock(shown=shown))
    order: list[str] = []
    monkeypatch.setattr(pipeline, "Pipeline", lambda processors: order.extend(one.shown for one in processors))
    monkeypatch.setattr(pipeline, "PipelineWorker", MagicMock())
    # An agent's own choice, which a stand-in has not made.
    monkeypatch.setattr(pipeline, "make_end_of_turn", MagicMock())
    pipeline.build_pipeline(cast(CallParts, _stand_in(CallParts)))
    return order


def test_the_picture_shows_the_pipeline_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = next(body for body in _fences(README, "text") if "TURN PLANE" in body)
    assert re.findall(r"^  │ [ 1]\d (\w+)", picture, re.MULTILINE) == _assembled(monkeypatch)


def test_the_scenario_reference_has_every_step() -> None:
    text = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (?:`(\w+)`)?[^|]*\| [^|]*\| [^|]*\|$", text, re.MULTILINE))
    steps = {name: main for name, main in rows.items() if name in MAIN_FIELDS}
    assert steps == MAIN_FIELDS


def test_the_example_scenarios_can_be_read() -> None:
    guide = ROOT / "docs" / "simulator.md"
    [example] = _fences(guide, "yaml")
    bodies = [json.loads(words[words.index("-d") + 1]) for words in _commands(guide) if "-d" in words]
    sent = [body["scenario"] for body in bodies if "scenario" in body]
    assert [parse_scenario(text).name for text in (example, *sent)] == ["opening_hours", "one question"]


def test_the_fault_reference_has_every_fault() -> None:
    text = (ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    named = set(_inline(text))
    assert set(FaultPlan.model_fields) <= named
    assert {kind.value for kind in FaultKind} <= named
