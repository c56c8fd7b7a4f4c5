"""Settings of TLS and users: what does not fit together is said before anything connects."""

from pathlib import Path

import pytest
import trustme

from millrace import wiring
from millrace.security import require_local
from millrace.settings import Settings, SettingsError
from tests.command import millrace

pytestmark = pytest.mark.usefixtures("folder")

SCRAM = {
    "kafka_security_protocol": "SASL_SSL",
    "kafka_sasl_username": "stages",
    "kafka_sasl_password": "correct horse",
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority's certificate and that of a client, and a key of another."""
    folder = tmp_path_factory.mktemp("certificates")
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(folder / "authority.pem"))
    client = ca.issue_cert("client.example")
    client.private_key_and_cert_chain_pem.write_to_path(str(folder / "client.pem"))
    ca.issue_cert("other.example").private_key_pem.write_to_path(str(folder / "other.key"))
    return folder


def made(**values: object) -> Settings:
    return Settings.model_validate(values)


def problem(**values: object) -> str:
    with pytest.raises(SettingsError) as raised:
        wiring.broker(made(**values))
    return str(raised.value).removeprefix("not a valid setting: ")


class TestKafka:
    def test_by_default_nothing_is_protected(self) -> None:
        assert wiring.broker(made()).security.protocol == "PLAINTEXT"

    def test_a_user_is_known_by_scram_unless_said_otherwise(self) -> None:
        security = wiring.broker(made(**SCRAM)).security

        assert security.sasl is not None
        assert (security.protocol, security.sasl.mechanism) == ("SASL_SSL", "SCRAM-SHA-512")

    def test_a_certificate_may_have_its_key_in_the_same_file(self, authority: Path) -> None:
        settings = made(
            kafka_security_protocol="SSL",
            kafka_ssl_cafile=authority / "authority.pem",
            kafka_ssl_certfile=authority / "client.pem",
        )

        assert wiring.broker(settings).security.protocol == "SSL"

    @pytest.mark.parametrize("missing", ["kafka_sasl_username", "kafka_sasl_password"])
    def test_a_user_has_a_name_and_a_password(self, missing: str) -> None:
        assert problem(**{**SCRAM, missing: ""}) == (
            f"{missing}: is needed for kafka_security_protocol SASL_SSL"
        )

    @pytest.mark.parametrize(
        ("protocol", "name", "instead"),
        [
            ("PLAINTEXT", "kafka_sasl_username", "SASL_SSL"),
            ("PLAINTEXT", "kafka_ssl_cafile", "SSL"),
            ("SSL", "kafka_sasl_password", "SASL_SSL"),
            ("SASL_PLAINTEXT", "kafka_ssl_certfile", "SASL_SSL"),
        ],
    )
    def test_what_would_not_be_used_is_an_error(
        self, protocol: str, name: str, instead: str
    ) -> None:
        """Who sets it means to be protected, and would not be."""
        given = {**(SCRAM if protocol == "SASL_PLAINTEXT" else {}), name: "given"}

        assert problem(**{**given, "kafka_security_protocol": protocol}) == (
            f"{name}: is set, but kafka_security_protocol is {protocol}, which has no use for it: "
            f"set it to {instead}, or unset this one"
        )

    @pytest.mark.parametrize("name", ["kafka_ssl_cafile", "kafka_ssl_certfile"])
    def test_a_file_that_is_not_there_is_named(self, name: str, tmp_path: Path) -> None:
        file = tmp_path / "absent.pem"

        assert problem(**SCRAM, **{name: file}) == (
            f"{name}: cannot read {file}: No such file or directory"
        )

    def test_a_file_without_certificates_is_named(self, tmp_path: Path) -> None:
        file = tmp_path / "empty.pem"
        file.write_text("nothing")

        assert problem(**SCRAM, kafka_ssl_cafile=file) == (
            f"kafka_ssl_cafile: {file} has no certificates in PEM"
        )

    def test_a_key_of_another_certificate_is_refused(self, authority: Path) -> None:
        certificate, key = authority / "client.pem", authority / "other.key"

        assert problem(
            kafka_security_protocol="SSL", kafka_ssl_certfile=certificate, kafka_ssl_keyfile=key
        ).startswith(f"kafka_ssl_certfile: {certificate} with its key in {key} cannot be used")

    def test_a_key_without_a_certificate_is_refused(self, authority: Path) -> None:
        assert problem(**SCRAM, kafka_ssl_keyfile=authority / "other.key") == (
            "kafka_ssl_keyfile: belongs to a certificate: set kafka_ssl_certfile too"
        )


class TestClickHouse:
    def test_the_authority_reaches_the_client(self, authority: Path) -> None:
        cafile = authority / "authority.pem"
        settings = made(clickhouse_url="https://ch.example", clickhouse_ssl_cafile=cafile)

        assert wiring.clickhouse(settings).cafile == cafile

    def test_an_authority_for_http_is_an_error(self, authority: Path) -> None:
        settings = made(clickhouse_ssl_cafile=authority / "authority.pem")

        with pytest.raises(SettingsError, match="clickhouse_url is not one of https"):
            wiring.clickhouse(settings)

    def test_a_file_that_is_not_there_is_named(self) -> None:
        settings = made(clickhouse_url="https://ch.example", clickhouse_ssl_cafile="absent.pem")

        with pytest.raises(SettingsError, match=r"clickhouse_ssl_cafile: cannot read absent\.pem"):
            wiring.clickhouse(settings)


class TestLocalStack:
    def test_it_fits_settings_without_protection(self) -> None:
        require_local(made())

    @pytest.mark.parametrize(
        ("environment", "said"),
        [
            (
                {f"MILLRACE_{name.upper()}": value for name, value in SCRAM.items()},
                "kafka_security_protocol: the local Kafka speaks PLAINTEXT on loopback, not "
                "SASL_SSL",
            ),
            (
                {"MILLRACE_CLICKHOUSE_URL": "https://127.0.0.1:8443"},
                "clickhouse_url: the local ClickHouse speaks http on loopback, not https",
            ),
        ],
        ids=["kafka", "clickhouse"],
    )
    def test_up_refuses_others_as_wrong_usage(
        self, environment: dict[str, str], said: str, tmp_path: Path
    ) -> None:
        ended = millrace("up", environment={"MILLRACE_HOME": str(tmp_path / "home"), **environment})

        assert ended.status == 2
        assert ended.err.startswith(f"millrace: not a valid setting: {said}")
        assert not (tmp_path / "home").exists()
