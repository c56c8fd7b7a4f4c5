"""Tickets for tests: what a test does not name is the same for all."""

from schemas.topics import Level
from streams.inference.admission.ticket import Ticket


def ticket(
    ticket_id: str,
    level: Level = "summary",
    tokens: int = 100,
    run_id: str = "live",
    prefix: str = "",
) -> Ticket:
    """A ticket of the document that its id names before the slash, or of one of its own."""
    return Ticket(ticket_id, ticket_id.split("/")[0], run_id, level, tokens, prefix)


def ids(tickets: list[Ticket]) -> list[str]:
    """What was admitted, in order."""
    return [one.ticket_id for one in tickets]
