"""How a connection is protected, as each client library is told it."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

from streams.broker.connection import Broker
from streams.broker.group import Membership
from streams.broker.outbox import Outbox
from streams.broker.security import UNPROTECTED, Sasl, Security, tls_context
from streams.faust_stage import faust_app
from streams.topology import topology

SECRET = "correct horse"
TLS = tls_context(None)
SASL = Sasl("SCRAM-SHA-512", "stages", SECRET)
ALL = {
    "PLAINTEXT": UNPROTECTED,
    "SSL": Security(tls=TLS),
    "SASL_PLAINTEXT": Security(sasl=SASL),
    "SASL_SSL": Security(tls=TLS, sasl=SASL),
}


@pytest.mark.parametrize(("protocol", "security"), ALL.items(), ids=ALL)
class TestEachProtocol:
    def test_it_has_kafkas_name(self, protocol: str, security: Security) -> None:
        assert security.protocol == protocol

    def test_every_client_is_given_what_it_needs(self, protocol: str, security: Security) -> None:
        options = Broker("a:1", security).client_options()

        assert options["security_protocol"] == protocol
        assert options["ssl_context"] is security.tls
        assert options.get("sasl_plain_password") == (SECRET if security.sasl else None)

    async def test_faust_gives_its_clients_the_same(
        self, protocol: str, security: Security, tmp_path: Path
    ) -> None:
        broker = Broker("a:1", security)
        app = faust_app(
            topology(("standard",))[0],
            broker,
            Membership("here-0"),
            _no_work,
            Outbox(broker),
            tmp_path,
        )

        given = credentials_to_aiokafka_auth(app.conf.broker_credentials)

        assert {"ssl_context": None, **given} == security.client_options()


def test_the_name_in_a_certificate_is_always_checked() -> None:
    assert (TLS.check_hostname, TLS.verify_mode) == (True, ssl.CERT_REQUIRED)


def test_the_secret_is_in_no_representation() -> None:
    assert SECRET not in repr(Broker("a:1", ALL["SASL_SSL"]))


def _no_work(_: Any) -> Any:
    raise AssertionError("nothing is consumed here")
