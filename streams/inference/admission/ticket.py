"""What the scheduler knows of a task, and the limits that it keeps."""

from dataclasses import dataclass

from schemas.topics import Level


@dataclass(frozen=True, slots=True)
class Ticket:
    """A task that wants to be admitted.

    ``ticket_id`` is unique among those waiting and in flight: a redelivered task needs a new one.
    ``document`` tells documents apart (and passes over one text, where both may be under way).
    ``tokens`` is what the task weighs: its prompt and its answer. Tickets of one ``prefix`` share
    the beginning of their prompts; empty where that is not known.
    """

    ticket_id: str
    document: str
    run_id: str
    level: Level
    tokens: int
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the scheduler keeps to.

    ``max_batch_size`` tasks and ``max_batch_tokens`` tokens are in flight at most. Of the documents
    begun but not finished there are ``max_open_documents``; one that shows no sign for
    ``open_timeout_s`` no longer counts. An idle engine waits ``linger_s`` for company. What has
    waited ``max_wait_s`` is preferred. Of each level ``max_waiting`` tasks are read ahead.
    """

    max_batch_size: int = 256
    max_batch_tokens: int = 393_216
    max_open_documents: int = 256
    linger_s: float = 0.005
    max_wait_s: float = 30.0
    open_timeout_s: float = 10.0
    max_waiting: int = 1_000

    def __post_init__(self) -> None:
        """Refuse limits under which nothing could ever be admitted.

        Raises:
            ValueError: a limit is below one, or a time below zero.
        """
        for name in ("max_batch_size", "max_batch_tokens", "max_open_documents", "max_waiting"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}: give at least 1")
        for name in ("linger_s", "max_wait_s", "open_timeout_s"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}: give 0 or more seconds")
