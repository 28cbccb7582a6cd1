"""What can go wrong for the person who drives a simulated call."""

from config.errors import InvalidInputError, PhoneAgentError


class CallOverError(PhoneAgentError):
    """The call ended while something still had to happen in it."""

    code = "call_over"


class WaitTimeoutError(PhoneAgentError):
    """What was waited for did not happen in time."""

    code = "wait_timeout"


class ScenarioError(InvalidInputError):
    """A scenario file cannot be used; the message names the file and the step."""

    code = "invalid_scenario"
