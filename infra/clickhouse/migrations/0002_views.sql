-- What the promoted run says now: one view per Nested group, its columns listed one by one.
-- PREWHERE must not be combined with FINAL here: a replaced row would come back.

CREATE OR REPLACE VIEW current_documents {on_cluster} AS
SELECT
    run_id, document_id, version, revision, deleted, status, profile, language, title, source,
    published_at, ingested_at, completed_at,
    coalesce(published_at, ingested_at) AS observed_at,
    text, characters, prompt_tokens, cached_tokens, completion_tokens, cost_usd,
    source_topic, source_partition, source_offset, replayed_from, base_run_id, attempt,
    length(entities.mention_id) AS entities,
    length(events.event_id) AS events,
    length(arguments.argument_id) AS arguments,
    length(relationships.relationship_id) AS relationships,
    length(findings.finding_id) AS findings
FROM documents FINAL
WHERE run_id = (SELECT argMax(run_id, seq) FROM promotions) AND NOT deleted;

CREATE OR REPLACE VIEW current_entities {on_cluster} AS
SELECT
    run_id, document_id, revision, status,
    coalesce(published_at, ingested_at) AS observed_at,
    mention_id,
    entity_id,
    kind,
    text,
    span_start,
    span_end,
    value,
    origin
FROM documents FINAL
ARRAY JOIN
    entities.mention_id AS mention_id,
    entities.entity_id AS entity_id,
    entities.kind AS kind,
    entities.text AS text,
    entities.span_start AS span_start,
    entities.span_end AS span_end,
    entities.value AS value,
    entities.origin AS origin
WHERE run_id = (SELECT argMax(run_id, seq) FROM promotions) AND NOT deleted;

CREATE OR REPLACE VIEW current_events {on_cluster} AS
SELECT
    run_id, document_id, revision, status,
    coalesce(published_at, ingested_at) AS observed_at,
    event_id,
    parent_event_id,
    salience,
    kind,
    trigger,
    span_start,
    span_end,
    mentions,
    grounding,
    summary,
    time_text,
    time_start,
    time_end,
    place,
    polarity,
    confidence
FROM documents FINAL
ARRAY JOIN
    events.event_id AS event_id,
    events.parent_event_id AS parent_event_id,
    events.salience AS salience,
    events.kind AS kind,
    events.trigger AS trigger,
    events.span_start AS span_start,
    events.span_end AS span_end,
    events.mentions AS mentions,
    events.grounding AS grounding,
    events.summary AS summary,
    events.time_text AS time_text,
    events.time_start AS time_start,
    events.time_end AS time_end,
    events.place AS place,
    events.polarity AS polarity,
    events.confidence AS confidence
WHERE run_id = (SELECT argMax(run_id, seq) FROM promotions) AND NOT deleted;

CREATE OR REPLACE VIEW current_arguments {on_cluster} AS
SELECT
    run_id, document_id, revision, status,
    coalesce(published_at, ingested_at) AS observed_at,
    event_id,
    argument_id,
    role,
    text,
    span_start,
    span_end,
    grounding,
    entity_id
FROM documents FINAL
ARRAY JOIN
    arguments.event_id AS event_id,
    arguments.argument_id AS argument_id,
    arguments.role AS role,
    arguments.text AS text,
    arguments.span_start AS span_start,
    arguments.span_end AS span_end,
    arguments.grounding AS grounding,
    arguments.entity_id AS entity_id
WHERE run_id = (SELECT argMax(run_id, seq) FROM promotions) AND NOT deleted;

CREATE OR REPLACE VIEW current_relationships {on_cluster} AS
SELECT
    run_id, document_id, revision, status,
    coalesce(published_at, ingested_at) AS observed_at,
    relationship_id,
    kind,
    source_event_id,
    target_event_id,
    evidence,
    span_start,
    span_end,
    grounding,
    confidence
FROM documents FINAL
ARRAY JOIN
    relationships.relationship_id AS relationship_id,
    relationships.kind AS kind,
    relationships.source_event_id AS source_event_id,
    relationships.target_event_id AS target_event_id,
    relationships.evidence AS evidence,
    relationships.span_start AS span_start,
    relationships.span_end AS span_end,
    relationships.grounding AS grounding,
    relationships.confidence AS confidence
WHERE run_id = (SELECT argMax(run_id, seq) FROM promotions) AND NOT deleted;

CREATE OR REPLACE VIEW current_findings {on_cluster} AS
SELECT
    run_id, document_id, revision, status,
    coalesce(published_at, ingested_at) AS observed_at,
    finding_id,
    subject_id,
    rule,
    severity,
    message
FROM documents FINAL
ARRAY JOIN
    findings.finding_id AS finding_id,
    findings.subject_id AS subject_id,
    findings.rule AS rule,
    findings.severity AS severity,
    findings.message AS message
WHERE run_id = (SELECT argMax(run_id, seq) FROM promotions) AND NOT deleted;
