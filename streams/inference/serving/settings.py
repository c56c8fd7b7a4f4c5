"""How a served model is reached, and how patiently."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from streams.inference.serving.errors import ModelSetupError

API_KEY = "MILLRACE_OPENAI_API_KEY"
MODEL = "MILLRACE_MODEL"
URLS = "MILLRACE_OPENAI_URLS"
CAFILE = "MILLRACE_OPENAI_SSL_CAFILE"
EXTRA_BODY = "MILLRACE_OPENAI_EXTRA_BODY"

_OURS = frozenset({"messages", "model", "n", "response_format", "stream", "stream_options"})


TokenLimit = Literal["max_tokens", "max_completion_tokens"]
_MAX_TOKENS: TokenLimit = "max_tokens"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds, and how often is tried again.

    ``silence_s`` bounds the wait for the next byte, the first included, ``call_s`` a whole answer.
    A call that a server took and did not answer is made again ``max_retries`` times. After
    ``failures_to_open`` of them in a row a server gets no calls, until one probe of it succeeds.
    Waits double from ``first_wait_s`` to ``longest_wait_s``; a server that asks for more gets at
    most ``longest_hold_s``. ``throttled_s`` is how long one call may be answered with 429.
    """

    connect_s: float = 5.0
    silence_s: float = 120.0
    call_s: float = 600.0
    max_retries: int = 3
    failures_to_open: int = 3
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    longest_hold_s: float = 300.0
    throttled_s: float = 1_800.0

    def wait_s(self, failures: int) -> float:
        """How long to wait after this many failures before the last."""
        return min(self.first_wait_s * 2.0 ** min(failures, 32), self.longest_wait_s)

    def hold_s(self, retry_after_s: float | None, refusals: int) -> float:
        """How long a server without room is left alone, refused this often before."""
        if retry_after_s is None:
            return self.wait_s(refusals)
        return min(retry_after_s, self.longest_hold_s)


@dataclass(frozen=True, slots=True)
class ServedModelSettings:
    """A model and the servers that serve it.

    Args:
        urls: servers of the same model; ``/v1`` is added to one without a path.
        model: its name there.
        api_key: sent as bearer token; none when empty.
        revision: of the model; when empty, what the server says it was loaded from.
        cafile: authorities in PEM that an https server is checked against, else this machine's.
        max_connections: to all servers together; a call beyond them waits for one.
        affinity_slack: how many calls more than the idlest server a document's own may have.
        token_limit: the field that bounds an answer; OpenAI's newest models know the longer one.
        extra_body: fields to add to every request; None takes one away.
        patience: time limits and retries.

    Raises:
        ModelSetupError: a value makes no sense.
    """

    urls: tuple[str, ...]
    model: str
    api_key: str = field(default="", repr=False)
    revision: str = ""
    cafile: Path | None = None
    max_connections: int = 256
    affinity_slack: int = 16
    token_limit: TokenLimit = _MAX_TOKENS
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    patience: Patience = Patience()

    def __post_init__(self) -> None:
        if not self.urls:
            raise ModelSetupError(f"no server of models is named: set {URLS}")
        if not self.model:
            raise ModelSetupError(f"no model is named: set {MODEL}")
        # The key itself is never shown, not even in part.
        if not (self.api_key.isascii() and self.api_key.isprintable()) or " " in self.api_key:
            raise ModelSetupError(f"{API_KEY} holds a character that no key has: copy it again")
        if ours := sorted(_OURS & self.extra_body.keys()):
            raise ModelSetupError(f"{EXTRA_BODY} may not set {', '.join(ours)}: millrace does")
        object.__setattr__(self, "urls", tuple(dict.fromkeys(map(_base_url, self.urls))))


def _base_url(url: str) -> str:
    """``url`` with its version path and without a slash at its end."""
    try:
        address = urlsplit(url.strip())
        known = address.scheme in {"http", "https"} and address.hostname and address.port != 0
    except ValueError:
        known = None
    # One with a password in it must not be repeated in a message.
    if not known or "@" in address.netloc or address.query or address.fragment:
        raise ModelSetupError(
            f"{URLS}: each is http:// or https://, a host, a port and a path, "
            f"without a user: a key belongs into {API_KEY}"
        )
    return address._replace(path=address.path.rstrip("/") or "/v1").geturl()
