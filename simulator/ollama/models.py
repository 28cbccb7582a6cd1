"""The models that the stand-in knows, and how `/api/show`, `/api/tags` and `/api/ps` describe them.

Capabilities follow the real library: `llama3:8b` has no tools, `llama3.1:8b` has, `qwen3` thinks.
"""

import hashlib
from dataclasses import dataclass

from pydantic import JsonValue

from simulator.ollama.json_types import JsonObject

MODIFIED_AT = "2026-01-15T09:00:00.000000000Z"
MODIFIED_AT_EPOCH = 1768467600

CHAT = ("completion",)
TOOLS = ("completion", "tools")
THINKING = ("completion", "tools", "thinking")
EMBEDDING = ("embedding",)


@dataclass(frozen=True, slots=True)
class SimulatedModel:
    """One model of the library."""

    name: str
    """With its tag, as `/api/tags` lists it: `llama3.1:8b`."""
    family: str = "llama"
    capabilities: tuple[str, ...] = TOOLS
    parameter_size: str = "8.0B"
    parameter_count: int = 8_030_261_248
    quantization_level: str = "Q4_K_M"
    size_bytes: int = 4_920_753_328
    context_length: int = 131_072
    embedding_length: int = 4096
    block_count: int = 32

    @property
    def digest(self) -> str:
        """A stable SHA-256, in hex."""
        return hashlib.sha256(self.name.encode()).hexdigest()

    @property
    def full_name(self) -> str:
        """The name with registry and namespace, as Ollama's capability errors print it."""
        return f"registry.ollama.ai/library/{self.name}"

    def details(self) -> JsonObject:
        """The `details` object of `/api/show`, `/api/tags` and `/api/ps`."""
        families: list[JsonValue] = [self.family]
        return {
            "parent_model": "",
            "format": "gguf",
            "family": self.family,
            "families": families,
            "parameter_size": self.parameter_size,
            "quantization_level": self.quantization_level,
        }

    def tag(self) -> JsonObject:
        """One entry of `/api/tags`."""
        capabilities: list[JsonValue] = list(self.capabilities)
        return {
            "name": self.name,
            "model": self.name,
            "modified_at": MODIFIED_AT,
            "size": self.size_bytes,
            "digest": self.digest,
            "details": self.details(),
            "capabilities": capabilities,
        }

    def show(self) -> JsonObject:
        """The answer of `/api/show`."""
        capabilities: list[JsonValue] = list(self.capabilities)
        info: JsonObject = {
            "general.architecture": self.family,
            "general.file_type": 15,
            "general.parameter_count": self.parameter_count,
            "general.quantization_version": 2,
            f"{self.family}.block_count": self.block_count,
            f"{self.family}.context_length": self.context_length,
            f"{self.family}.embedding_length": self.embedding_length,
        }
        return {
            "license": "This is a simulated model.",
            "modelfile": f"# A simulated model\nFROM {self.name}\nTEMPLATE {_template(self.capabilities)}\n",
            "parameters": 'stop                           "<|eot_id|>"',
            "template": _template(self.capabilities),
            "details": self.details(),
            "model_info": info,
            "capabilities": capabilities,
            "modified_at": MODIFIED_AT,
        }


def _template(capabilities: tuple[str, ...]) -> str:
    tools = "{{ if .Tools }}{{ .Tools }}{{ end }}" if "tools" in capabilities else ""
    thinking = "{{ if .Think }}<think></think>{{ end }}" if "thinking" in capabilities else ""
    return "{{ .System }}" + tools + "{{ range .Messages }}{{ .Role }}: {{ .Content }}{{ end }}" + thinking


def canonical_name(name: str) -> str:
    """Turns what a client may write into the listed name: default tag `latest`, no registry prefix."""
    short = name.strip().removeprefix("registry.ollama.ai/").removeprefix("library/")
    return short if ":" in short else f"{short}:latest"


def _embedding_model(name: str, length: int, size_bytes: int) -> SimulatedModel:
    return SimulatedModel(
        name,
        family="bert",
        capabilities=EMBEDDING,
        parameter_size="23M",
        parameter_count=22_565_376,
        quantization_level="F16",
        size_bytes=size_bytes,
        context_length=512,
        embedding_length=length,
        block_count=6,
    )


LIBRARY: tuple[SimulatedModel, ...] = (
    SimulatedModel("llama3.1:8b"),
    SimulatedModel("llama3:8b", capabilities=CHAT, context_length=8192),
    SimulatedModel("llama3:8b-instruct-q4_K_S", capabilities=CHAT, context_length=8192),
    SimulatedModel("llama3.2:3b", parameter_size="3.2B", size_bytes=2_019_393_189),
    SimulatedModel("qwen3:8b", family="qwen3", capabilities=THINKING, context_length=40_960),
    SimulatedModel("mistral:latest", parameter_size="7.2B", context_length=32_768),
    _embedding_model("all-minilm:latest", 384, 45_960_996),
    _embedding_model("nomic-embed-text:latest", 768, 274_302_450),
)
"""Everything that `/api/pull` finds; all of it is installed unless the options say otherwise."""
