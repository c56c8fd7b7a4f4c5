"""Which run is next when several have documents to begin."""

from collections.abc import Iterable


class RunShares:
    """Tokens served to each run: the least served goes first (start-time fair queueing).

    While two runs both wait, what each is served differs by no more than one document's tokens.
    A run that joins starts level with the others: it is owed nothing for the time before.

    Source: Goyal, Vin, Cheng: Start-time Fair Queueing, SIGCOMM 1996.
    """

    def __init__(self) -> None:
        self._served: dict[str, int] = {}
        self._level = 0  # what had been served to the run chosen last

    def join(self, run_id: str) -> None:
        """Note that a run begins to wait."""
        # Who is not above the level needs no entry: the level is what it would be given.
        self._served = {run: served for run, served in self._served.items() if served > self._level}
        self._served.setdefault(run_id, self._level)

    def serve(self, run_id: str, tokens: int) -> None:
        """Charge a run for an admitted task."""
        self._served[run_id] = self._served.get(run_id, self._level) + tokens

    def choose(self, run_id: str) -> None:
        """Note that a document of this run was begun, as the least served of those waiting."""
        self._level = max(self._level, self._served.get(run_id, self._level))

    def in_order(self, run_ids: Iterable[str]) -> list[str]:
        """Runs, the least served first; of equals the one given first."""
        return sorted(run_ids, key=lambda run: self._served.get(run, self._level))
