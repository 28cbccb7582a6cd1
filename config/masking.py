"""Takes telephone numbers and secrets out of text before it is written anywhere."""

import re
from collections.abc import Iterable

# E.164: a plus sign (also percent-encoded, as in URLs) and 7 to 15 digits, the first of them no zero.
_PHONE = re.compile(r"(?<![\w+])(?:\+|%2B)([1-9])\d{4,12}(\d{2})(?!\d)", re.IGNORECASE)
# An API key of ours (`data/api_keys.py`): its beginning may be shown, as in lists.
_API_KEY = re.compile(r"(sdr_[0-9a-z]{8})_[0-9a-z]{52}")
_HIDDEN = "•••••"
_REDACTED = "[redacted]"
_SHORTEST_SECRET = 4


def mask_phone(number: str) -> str:
    """A telephone number as logs may show it: `+15551234567` → `+1•••••67`; other text is hidden whole."""
    text = number.strip()
    return _PHONE.sub(_masked, text) if _PHONE.fullmatch(text) else _HIDDEN


class Masker:
    """Masks what a process must never log.

    Args:
        secrets: Values to redact wherever they occur; those under four characters are passed over, as they
            would mangle every line without hiding anything. API keys of the database, which are not known
            here, are recognised by their form.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        usable = sorted({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, usable))) if usable else None

    def __call__(self, text: str) -> str:
        """The text with secrets redacted and telephone numbers masked."""
        if self._secrets is not None:
            text = self._secrets.sub(_REDACTED, text)
        return _PHONE.sub(_masked, _API_KEY.sub(rf"\1{_REDACTED}", text))


def _masked(match: re.Match[str]) -> str:
    return f"+{match[1]}{_HIDDEN}{match[2]}"
