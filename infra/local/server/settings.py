"""What the process of the local ClickHouse is told when it starts."""

import json
from dataclasses import asdict, dataclass, field

VARIABLE = "_MILLRACE_CLICKHOUSE_SERVER"
"""The environment variable that carries the settings, so that no secret is an argument."""


@dataclass(frozen=True)
class ServerSettings:
    """Where to listen, where the data and logs are, and who may come in."""

    host: str
    port: int
    folder: str
    log: str
    engine_log: str
    writer: str
    writer_password: str = field(repr=False)
    reader: str
    reader_password: str = field(repr=False)

    def to_json(self) -> str:
        """The value for the environment variable."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "ServerSettings":
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))
