"""The bundled documents."""

from millrace.commands.demo import samples
from millrace.settings import Settings


def test_each_can_be_read_and_has_an_id_of_its_own() -> None:
    found = samples(Settings())

    assert len(found) == len({document.id for document in found}) >= 10
    assert "news-purchase" in {document.id for document in found}
