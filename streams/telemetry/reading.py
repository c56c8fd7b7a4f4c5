"""What the processes of stages tell of themselves: their ``/metrics``, read and parsed."""

import asyncio
import http.client
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from schemas.metrics import Counter, Metric

_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A value that a process told; ``instance`` is its address. Histograms have several names."""

    instance: str
    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Reading:
    """All samples of some processes at one moment, in seconds of a monotonic clock.

    ``silent`` are the addresses where nothing answered with metrics.
    """

    samples: tuple[Sample, ...]
    taken_at: float
    silent: tuple[str, ...] = ()

    def of(self, metric: Metric | str, **labels: str) -> Iterator[Sample]:
        """The samples of a metric that carry these labels."""
        name = metric if isinstance(metric, str) else metric.name
        wanted = labels.items()
        return (one for one in self.samples if one.name == name and wanted <= one.labels.items())

    def total(self, metric: Metric | str, **labels: str) -> float | None:
        """The sum over labels and processes; None where nobody told it."""
        found = [one.value for one in self.of(metric, **labels)]
        return sum(found) if found else None

    def greatest(self, metric: Metric | str, **labels: str) -> float | None:
        """The greatest over labels and processes; None where nobody told it."""
        return max((one.value for one in self.of(metric, **labels)), default=None)

    def values(self, metric: Metric | str, label: str) -> list[str]:
        """The values of a label, sorted."""
        return sorted({one.labels[label] for one in self.of(metric) if label in one.labels})


async def read(addresses: Sequence[str]) -> Reading:
    """Read all processes at once; one that does not answer within two seconds is silent."""
    texts = await asyncio.gather(*(asyncio.to_thread(_fetch, one) for one in addresses))
    return reading(dict(zip(addresses, texts, strict=True)), time.monotonic())


def reading(texts: Mapping[str, str | None], taken_at: float) -> Reading:
    """What the texts of processes say, by their addresses; None of one that did not answer."""
    samples: list[Sample] = []
    silent = []
    for address, text in texts.items():
        try:
            found = parse(text or "", address)
        except ValueError:
            found = []
        samples += found
        if not found:
            silent.append(address)
    return Reading(tuple(samples), taken_at, tuple(silent))


def parse(text: str, instance: str) -> list[Sample]:
    """The samples of Prometheus' text format.

    Raises:
        ValueError: it is something else.
    """
    return [
        Sample(instance, sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]


def growth(before: Reading, after: Reading, metric: Counter | str, **labels: str) -> float | None:
    """How much a counter grew a second, summed; None where nobody tells it.

    A process that began in between counts from zero, one that ended no more.
    """
    seconds = after.taken_at - before.taken_at
    if seconds <= 0:
        return None
    then = {_series(one): one.value for one in before.of(metric, **labels)}
    found = [(one.value, then.get(_series(one), 0.0)) for one in after.of(metric, **labels)]
    if not found:
        return None
    # Below what it was: the process was started anew.
    return sum(now - was if now >= was else now for now, was in found) / seconds


def _series(sample: Sample) -> tuple[str, frozenset[tuple[str, str]]]:
    return sample.instance, frozenset(sample.labels.items())


def _fetch(address: str) -> str | None:
    connection = http.client.HTTPConnection(address, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        text = answer.read().decode()
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return text if answer.status == http.client.OK else None
