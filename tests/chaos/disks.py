"""Disks that are full to the brim, then have room again."""

import errno
from pathlib import Path
from random import Random
from typing import ClassVar

from tests.chaos.fault import Fault, FaultNotPossibleError
from tests.chaos.flow import Flow

_PIECE = b"\0" * (256 * 1024)


class FillDisk(Fault):
    """A file takes all the room of a small disk, and what is freed meanwhile; then it is gone."""

    disk: ClassVar[str]
    lasts_s = (1.0, 4.0)

    def require(self, flow: Flow) -> None:
        if self.disk not in flow.disks:
            raise FaultNotPossibleError(flow.why_no_disks)

    def begin(self, flow: Flow, random: Random) -> None:
        with self._filler(flow).open("ab", buffering=0) as file:
            for piece in (_PIECE, b"\0" * 512):
                try:
                    while True:
                        file.write(piece)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def end(self, flow: Flow) -> None:
        self._filler(flow).unlink()

    def _filler(self, flow: Flow) -> Path:
        return flow.disks[self.disk] / "filler"


class FillTables(FillDisk):
    name = "disk-clickhouse"
    disk = "clickhouse"


class FillCache(FillDisk):
    name = "disk-cache"
    disk = "cache"
