"""OpenTelemetry's SDK as its own variables (``OTEL_*``) say."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from schemas.errors import SetupError

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_LAST_S = 3.0


def wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether OpenTelemetry's variables ask for traces: an OTLP exporter or endpoint is named."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporters = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    if exporters:
        return "otlp" in exporters.split(",")
    return any(environment.get(name) for name in _ENDPOINTS)


def check_protocol(environment: Mapping[str, str] = os.environ) -> None:
    """Raise if the variables ask for what is not spoken here.

    Raises:
        SetupError: for another protocol of OTLP than ``http/protobuf``.
    """
    for name in _PROTOCOLS:
        if found := environment.get(name):
            if found != "http/protobuf":
                raise SetupError(
                    f"{name} is {found!r}, but traces are sent as http/protobuf alone: leave it "
                    "out, and name the port for HTTP (4318 by default) in the endpoint"
                )
            return


@contextmanager
def exporting(process: str) -> Iterator[None]:
    """Send spans to the OTLP endpoint as long as the context, if the variables ask for it.

    Spans are batched on a thread of their own and dropped where the endpoint is away: nothing waits
    for them. Sampling, headers, resource and limits are those of the variables. What is left at the
    end is sent within three seconds or dropped.

    Args:
        process: tells this process from others of the service.

    Raises:
        SetupError: the variables ask for what is not spoken here.
    """
    if not wanted():
        yield
        return
    check_protocol()
    # The SDK takes 0.2 s to import.
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    attributes = {SERVICE_INSTANCE_ID: process}
    if not os.environ.get("OTEL_SERVICE_NAME") and SERVICE_NAME not in _resource_attributes():
        attributes[SERVICE_NAME] = "millrace"
    exporter = OTLPSpanExporter()
    # Ended here, within a bound: the SDK's own end waits for 30 s and more.
    provider = TracerProvider(resource=Resource.create(attributes), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        last = threading.Thread(target=provider.shutdown, name="last spans", daemon=True)
        last.start()
        last.join(_LAST_S)
        if last.is_alive():
            exporter.shutdown()  # type: ignore[no-untyped-call]


def _resource_attributes() -> set[str]:
    pairs = os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "").split(",")
    return {pair.partition("=")[0].strip() for pair in pairs}
