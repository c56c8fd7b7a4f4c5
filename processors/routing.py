"""Which tier answers a document: by its profile, unless a route says otherwise."""

from collections.abc import Iterable

from schemas.document import Document
from schemas.model import Value
from schemas.profile import Profile


class Route(Value):
    """Documents that meet all conditions go to ``tier``; an empty condition is met by all."""

    tier: str
    profiles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    min_characters: int = 0

    def takes(self, document: Document, profile: Profile) -> bool:
        """Whether the document meets all conditions."""
        return (
            (not self.profiles or profile.name in self.profiles)
            and (not self.languages or document.language in self.languages)
            and len(document.text) >= self.min_characters
        )


def choose_tier(document: Document, profile: Profile, routes: Iterable[Route]) -> str:
    """The tier of the first route that takes the document, else its profile's."""
    fitting = (route.tier for route in routes if route.takes(document, profile))
    return next(fitting, profile.tier)
