"""Which server a document's calls meet: always the same while it is there and not overloaded."""

from collections.abc import Collection, Mapping
from hashlib import blake2b


def preferred(document_id: str, urls: Collection[str]) -> list[str]:
    """``urls`` in this document's order of preference (rendezvous hashing, Thaler and Ravishankar).

    Without one of them the others keep their order, so only its own documents move.
    """
    return sorted(urls, key=lambda url: _weight(document_id, url), reverse=True)


def choose(document_id: str, outstanding: Mapping[str, int], slack: int) -> str:
    """The server to ask among those in ``outstanding``, which has their numbers of open calls.

    It is the preferred one, unless that has over ``slack`` calls more than the idlest: then the
    idlest, and of several the most preferred.
    """
    order = preferred(document_id, outstanding)
    fewest = min(outstanding.values())
    if outstanding[order[0]] - fewest <= slack:
        return order[0]
    return next(url for url in order if outstanding[url] == fewest)


def _weight(document_id: str, url: str) -> bytes:
    # Hashed, not Python's own hash: every process must choose alike, also after a restart.
    return blake2b(f"{url}\n{document_id}".encode(), digest_size=8).digest()
