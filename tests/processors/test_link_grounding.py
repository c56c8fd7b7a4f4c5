from processors.link_grounding import ground_relationships
from schemas.extraction import Finding, Relationship
from schemas.output import FoundRelationship, Quote
from tests.processors.works import ACME, ACME_MENTIONS, PROFILES, event_of, related, work_of

WORK = related(work_of(ACME, *ACME_MENTIONS))
BOUGHT, RESIGNED = event_of(WORK, "bought").event_id, event_of(WORK, "resigned").event_id


def link(
    kind: str = "precedes",
    source: str = BOUGHT,
    target: str = RESIGNED,
    evidence: str = "a day later",
    confidence: float = 0.5,
) -> FoundRelationship:
    return FoundRelationship(
        kind=kind,
        source=source,
        target=target,
        evidence=Quote(text=evidence),
        confidence=confidence,
    )


def grounded(
    *links: FoundRelationship,
) -> tuple[tuple[Relationship, ...], tuple[Finding, ...]]:
    return ground_relationships(WORK, PROFILES["news"], links)


def test_a_link_is_grounded_by_its_evidence() -> None:
    (relationship,), findings = grounded(link())
    assert (relationship.text, relationship.start, relationship.end) == ("a day later", 71, 82)
    assert (relationship.source_event_id, relationship.target_event_id) == (BOUGHT, RESIGNED)
    assert findings == ()


def test_evidence_that_is_not_there_is_kept_as_ungrounded() -> None:
    (relationship,), _ = grounded(link(evidence="twenty years before that"))
    assert relationship.grounding == "ungrounded"


def test_of_repeated_links_the_surest_counts() -> None:
    (relationship,), _ = grounded(link(confidence=0.2), link(confidence=0.9), link())
    assert relationship.confidence == 0.9


def test_links_of_two_kinds_or_directions_are_two() -> None:
    relationships, _ = grounded(link(), link(kind="causes"), link(source=RESIGNED, target=BOUGHT))
    assert len({relationship.relationship_id for relationship in relationships}) == 3


def test_what_is_unusable_is_left_out_and_said() -> None:
    relationships, findings = grounded(
        link(kind="marries"), link(target="0" * 32), link(target=BOUGHT)
    )
    assert relationships == ()
    assert [finding.message for finding in findings] == [
        "a relationship of unknown kind 'marries' was left out",
        "a relationship precedes with an event that does not exist was left out",
        "a relationship precedes of an event with itself was left out",
    ]
