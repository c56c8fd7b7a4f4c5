"""What a replay says of an ingested record that it copies: a record that has no work yet."""

from schemas.document import Origin
from schemas.model import Value
from schemas.run import Run


class Replay(Value):
    """The header ``millrace-replay``: the run and the origin that count in place of its own.

    The origin is that of the record first ingested, however often it was copied since.
    """

    run: Run
    origin: Origin
