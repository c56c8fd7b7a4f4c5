"""What recognisers call names, and what a profile calls them."""

import pytest

from processors.errors import RecogniserError
from processors.recognition.labels import check_labels, kind_of


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("PER", "person"),
        ("PERSON", "person"),
        ("person", "person"),
        ("ORG", "organization"),
        ("corporation", "organization"),
        ("LOC", "place"),
        ("GPE", "place"),
        ("FAC", "place"),
    ],
)
def test_a_name_has_the_kind_that_profiles_know(label: str, kind: str) -> None:
    assert kind_of(label) == kind


@pytest.mark.parametrize("label", ["DATE", "TIME", "MONEY", "CARDINAL", "PERCENT", "QUANTITY"])
def test_what_rules_find_is_left_to_them(label: str) -> None:
    assert kind_of(label) == ""


def test_any_other_label_is_a_kind_by_itself() -> None:
    assert kind_of("PRODUCT") == "product"


def test_a_model_without_a_label_of_names_is_refused() -> None:
    with pytest.raises(RecogniserError, match=r"model x has no label .*: GENE, LABEL_0\)"):
        check_labels(["LABEL_0", "GENE"], "model x")

    check_labels(["GENE", "ORG"], "model x")
