"""Which offset of a partition may be committed while its records finish in any order."""


class OffsetWindow:
    """The unfinished offsets of one partition.

    The committable offset is the lowest unfinished one, or the one after the last begun: a crash
    repeats at most what lies between it and the last begun.
    """

    def __init__(self) -> None:
        self._unfinished: dict[int, None] = {}  # in the order of their beginning: ascending
        self._next: int | None = None
        self._waiting: set[int] = set()
        self._last_asked = -1
        self._committed: int | None = None

    def begin(self, offset: int) -> None:
        """Note that the record at ``offset`` is being worked on. Offsets must ascend.

        Raises:
            ValueError: the offset is not above the last one.
        """
        if self._next is not None and offset < self._next:
            raise ValueError(f"offset {offset} begun after {self._next - 1}")
        self._unfinished[offset] = None
        self._waiting.add(offset)
        self._next = offset + 1

    def ask(self, offset: int) -> None:
        """Note that the first call for ``offset`` is made: to repeat it costs something now."""
        self._waiting.discard(offset)
        self._last_asked = max(self._last_asked, offset)

    def finish(self, offset: int) -> None:
        """Note that all that comes of ``offset`` has been acknowledged.

        Raises:
            KeyError: the offset was not begun, or is finished already.
        """
        del self._unfinished[offset]
        self.ask(offset)

    def costs_nothing(self, offset: int) -> bool:
        """Whether neither ``offset`` nor any after it was asked: it may be given up."""
        return offset > self._last_asked

    @property
    def waiting(self) -> int:
        """How many records have been begun and not asked."""
        return len(self._waiting)

    @property
    def unfinished(self) -> int:
        """How many records are being worked on."""
        return len(self._unfinished)

    @property
    def span(self) -> int:
        """How many offsets would repeat after a crash now."""
        lowest = self._lowest
        return 0 if lowest is None or self._next is None else self._next - lowest

    @property
    def _lowest(self) -> int | None:
        return next(iter(self._unfinished), self._next)

    def to_commit(self) -> int | None:
        """The offset to commit, None where nothing has changed since ``committed``."""
        return None if self._lowest == self._committed else self._lowest

    def committed(self, offset: int) -> None:
        """Note that ``offset`` has been committed."""
        self._committed = offset
