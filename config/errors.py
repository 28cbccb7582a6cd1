"""The one error hierarchy of the product.

Every error that a person may read has a stable `code` (for programs and for searching the docs) and a
`message` that says what to do. Layers above translate: `api/errors.py` maps a class to an HTTP status.
It lives in `config/` because that is the only package which everything may import.
"""

from typing import ClassVar


class PhoneAgentError(Exception):
    """Base of every error that this product raises on purpose.

    Attributes:
        code: Stable, snake_case; part of the REST contract.
        message: One sentence for a person, saying what to do. Never holds a secret, a phone number or a
            transcript.
        param: Name of the offending input, where there is one.
    """

    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        if code is not None:
            self.code = code  # type: ignore[misc]


class ConfigurationError(PhoneAgentError):
    """Settings contradict each other or something they name is missing; the process must not start."""

    code = "configuration_error"


class InvalidInputError(PhoneAgentError):
    """The caller of an interface sent something that cannot be used; nothing was changed."""

    code = "invalid_request"


class NotFoundError(PhoneAgentError):
    """What was asked for does not exist in this workspace."""

    code = "not_found"


class AuthenticationError(PhoneAgentError):
    """No credentials, or wrong ones."""

    code = "unauthorized"


class PermissionDeniedError(PhoneAgentError):
    """The credentials are good, but not for this."""

    code = "forbidden"


class PreconditionFailedError(PhoneAgentError):
    """The stored thing changed since it was read; read again and repeat."""

    code = "precondition_failed"


class CapacityError(PhoneAgentError):
    """The server holds as many calls as it may, or is shutting down."""

    code = "over_capacity"


class VendorError(PhoneAgentError):
    """A vendor (Twilio, Deepgram, Ollama) refused or failed.

    Attributes:
        vendor: Its name, lower case.
        permanent: True when trying again cannot help (bad key, missing model).
    """

    code = "vendor_error"

    def __init__(self, vendor: str, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.vendor = vendor
        self.permanent = permanent
