"""The engine's sessions behind requests: one for each request, or one kept under a `session_id`."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.local.server.engine import Engine, Session
from infra.local.server.errors import Code, QueryError
from infra.local.server.parameters import SessionRequest

_MOST_KEPT = 200
_NEVER_SET = "\0"


class Lease:
    """A session for the length of one request."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._is_open = True

    def settings_were_changed(self) -> None:
        """Say that a SET statement ran."""

    def close(self) -> None:
        """Give the session back after what runs on it; a second time does nothing."""
        if self._is_open:
            self._is_open = False
            self.session.stop()
            self._give_back()

    def _give_back(self) -> None:
        self.session.close()


@dataclass
class _Kept:
    """A session that outlives its requests."""

    session: Session
    expires: float = 0.0
    is_busy: bool = True
    applied: dict[str, str] = field(default_factory=dict)
    """What the URL of the last request set, so that the next request need not, or takes it back."""


class Sessions:
    """Opens sessions, and keeps those that clients named until they are not used for a while."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def open(self, request: SessionRequest | None, settings: Mapping[str, str]) -> Lease:
        """A session with these settings: a kept one if a name is given, or a new one.

        Raises QueryError when the named session is in use or, where it must, does not exist, and
        for settings that the engine refuses.
        """
        self._drop_expired()
        if request is None:
            return Lease(self._engine.connect(settings))
        lease = _KeptLease(self, request, self._take(request))
        try:
            lease.apply(settings)
        except QueryError:
            lease.close()
            raise
        return lease

    def give_back(self, request: SessionRequest) -> None:
        """Free a kept session for its next request, or close it if that was asked for."""
        with self._lock:
            kept = self._kept[request.name]
            kept.is_busy = False
            kept.expires = time.monotonic() + request.timeout_seconds
            if not request.close_after:
                return
            del self._kept[request.name]
        kept.session.close()

    def close(self) -> None:
        """Close all kept sessions."""
        with self._lock:
            kept, self._kept = list(self._kept.values()), {}
        for entry in kept:
            entry.session.close()

    def _take(self, request: SessionRequest) -> _Kept:
        with self._lock:
            kept = self._kept.get(request.name)
            if kept is None:
                if request.must_exist:
                    raise QueryError(Code.SESSION_NOT_FOUND, "Session not found")
                if len(self._kept) >= _MOST_KEPT:
                    raise QueryError(
                        Code.SESSION_IS_LOCKED, f"more than {_MOST_KEPT} sessions are open"
                    )
                kept = self._kept[request.name] = _Kept(self._engine.connect({}))
            elif kept.is_busy:
                raise QueryError(
                    Code.SESSION_IS_LOCKED,
                    f"Session {request.name} is locked by a concurrent client",
                )
            kept.is_busy = True
            return kept

    def _drop_expired(self) -> None:
        now = time.monotonic()
        with self._lock:
            names = [
                name for name, kept in self._kept.items() if not kept.is_busy and kept.expires < now
            ]
            expired = [self._kept.pop(name) for name in names]
        for kept in expired:
            kept.session.close()


class _KeptLease(Lease):
    """The settings of a URL count for its request alone, those of a SET statement stay."""

    def __init__(self, sessions: Sessions, request: SessionRequest, kept: _Kept) -> None:
        super().__init__(kept.session)
        self._sessions, self._request, self._kept = sessions, request, kept

    def apply(self, settings: Mapping[str, str]) -> None:
        """Set what the last request's URL did not set, and take back what only that one did."""
        applied = self._kept.applied
        self._kept.applied = dict.fromkeys(applied.keys() | settings.keys(), _NEVER_SET)
        self.session.unset([name for name in applied if name not in settings])
        self.session.set(
            {name: value for name, value in settings.items() if applied.get(name) != value}
        )
        self._kept.applied = dict(settings)

    def settings_were_changed(self) -> None:
        """Let the next request set all of its settings again."""
        self._kept.applied = dict.fromkeys(self._kept.applied, _NEVER_SET)

    def _give_back(self) -> None:
        self._sessions.give_back(self._request)
