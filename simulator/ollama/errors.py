"""Errors in the words and with the HTTP statuses of Ollama's server (`server/routes.go`)."""


class OllamaError(Exception):
    """An answer that is an error.

    Attributes:
        status: HTTP status.
        message: What Ollama puts into `{"error": …}`.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def model_not_found(name: str) -> OllamaError:
    """Answers an unknown or not yet pulled model: 404."""
    return OllamaError(404, f"model '{name}' not found")


def missing_capability(full_name: str, capability: str) -> OllamaError:
    """Answers a request for something that the model's template lacks: 400."""
    return OllamaError(400, f"{full_name} does not support {capability}")


def queue_full() -> OllamaError:
    """Answers a request beyond `OLLAMA_MAX_QUEUE`: 503."""
    return OllamaError(503, "server busy, please try again.  maximum pending requests exceeded")
