"""How one simulated Twilio account is set up."""

from dataclasses import dataclass

from simulator.twilio.routes import PublicRoute

DEFAULT_ACCOUNT_SID = "AC" + "5" * 32
DEFAULT_AUTH_TOKEN = "simulated-auth-token"
DEFAULT_NUMBER = "+15005550006"


@dataclass(frozen=True, slots=True)
class TwilioOptions:
    """One account and how its network behaves.

    Attributes:
        account_sid: `AC` and 32 hexadecimal digits; the REST user name.
        auth_token: Signs webhooks and is the REST password.
        numbers: The account's phone numbers in E.164.
        routes: Public URLs of servers that really run elsewhere.
        ring_secs: How long an outbound call rings before it is answered.
        no_answer_secs: How long it rings when nobody answers, unless the request says `Timeout`.
        verb_time_scale: Length of `<Say>`, `<Play>` and `<Pause>` relative to real life; 0 skips them.
        rest_latency_secs: Delay of every REST answer.
        webhook_timeout_secs: Twilio's own is 15.
    """

    account_sid: str = DEFAULT_ACCOUNT_SID
    auth_token: str = DEFAULT_AUTH_TOKEN
    numbers: tuple[str, ...] = (DEFAULT_NUMBER,)
    routes: tuple[PublicRoute, ...] = ()
    ring_secs: float = 0.2
    no_answer_secs: float = 1.0
    verb_time_scale: float = 1.0
    rest_latency_secs: float = 0.0
    webhook_timeout_secs: float = 15.0

    def connect_url(self, public_url: str) -> str:
        """Return where a public URL is really reached."""
        for route in self.routes:
            real = route.connect(public_url)
            if real != public_url:
                return real
        return public_url
