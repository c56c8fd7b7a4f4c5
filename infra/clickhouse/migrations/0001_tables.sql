-- One row a document: its events and all that belongs to them are Nested columns, so that a whole
-- extraction appears, is replaced and disappears at once.
CREATE TABLE IF NOT EXISTS documents {on_cluster}
(
    run_id LowCardinality(String),
    document_id String,
    version UInt128,
    revision String,
    deleted Bool,
    status LowCardinality(String),
    profile LowCardinality(String),
    language LowCardinality(String),
    title String,
    source String,
    published_at Nullable(DateTime64(3, 'UTC')),
    ingested_at DateTime64(3, 'UTC'),
    completed_at DateTime64(3, 'UTC'),
    text String CODEC(ZSTD),
    characters UInt32,
    prompt_tokens Nullable(UInt64),
    cached_tokens Nullable(UInt64),
    completion_tokens Nullable(UInt64),
    cost_usd Nullable(Float64),
    source_topic LowCardinality(String),
    source_partition UInt32,
    source_offset UInt64,
    replayed_from String,
    base_run_id String,
    attempt UInt32,
    entities Nested
    (
        mention_id String,
        entity_id String,
        kind LowCardinality(String),
        text String,
        span_start UInt32,
        span_end UInt32,
        value String,
        origin LowCardinality(String)
    ),
    events Nested
    (
        event_id String,
        parent_event_id String,
        salience Float64,
        kind LowCardinality(String),
        trigger String,
        span_start UInt32,
        span_end UInt32,
        mentions Array(Tuple(UInt32, UInt32)),
        grounding LowCardinality(String),
        summary String,
        time_text String,
        time_start Nullable(DateTime64(3, 'UTC')),
        time_end Nullable(DateTime64(3, 'UTC')),
        place String,
        polarity LowCardinality(String),
        confidence Float64
    ),
    arguments Nested
    (
        event_id String,
        argument_id String,
        role LowCardinality(String),
        text String,
        span_start UInt32,
        span_end UInt32,
        grounding LowCardinality(String),
        entity_id String
    ),
    relationships Nested
    (
        relationship_id String,
        kind LowCardinality(String),
        source_event_id String,
        target_event_id String,
        evidence String,
        span_start UInt32,
        span_end UInt32,
        grounding LowCardinality(String),
        confidence Float64
    ),
    findings Nested
    (
        finding_id String,
        subject_id String,
        rule LowCardinality(String),
        severity LowCardinality(String),
        message String
    )
)
ENGINE = {replicated}ReplacingMergeTree(version)
PARTITION BY run_id
ORDER BY (run_id, document_id);

CREATE TABLE IF NOT EXISTS inference_calls {on_cluster}
(
    call_id String,
    run_id LowCardinality(String),
    document_id String,
    level LowCardinality(String),
    tier LowCardinality(String),
    engine LowCardinality(String),
    model LowCardinality(String),
    prompt_version LowCardinality(String),
    prompt_tokens Nullable(UInt64),
    cached_tokens Nullable(UInt64),
    completion_tokens Nullable(UInt64),
    queue_ms Float64,
    run_ms Float64,
    from_cache Bool,
    outcome LowCardinality(String),
    cost_usd Nullable(Float64),
    called_at DateTime64(3, 'UTC')
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY call_id;

-- The newest attempt of a letter counts; value is NULL where the refused record had none.
CREATE TABLE IF NOT EXISTS dead_letters {on_cluster}
(
    letter_id String,
    stage LowCardinality(String),
    kind LowCardinality(String),
    message String,
    run_id LowCardinality(String),
    document_id String,
    source_topic LowCardinality(String),
    source_partition UInt32,
    source_offset UInt64,
    key Nullable(String),
    value Nullable(String),
    headers Array(Tuple(String, String)),
    attempt UInt32,
    failed_at DateTime64(3, 'UTC'),
    redriven_at Nullable(DateTime64(3, 'UTC'))
)
ENGINE = {replicated}ReplacingMergeTree(attempt)
ORDER BY letter_id;

-- A run's specification is frozen: the first one written stays what it was.
CREATE TABLE IF NOT EXISTS runs {on_cluster}
(
    run_id String,
    specification String,
    created_at DateTime64(3, 'UTC')
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY run_id;

-- Append-only: the promotion with the highest seq decides what the current_* views show.
CREATE TABLE IF NOT EXISTS promotions {on_cluster}
(
    seq UInt64,
    run_id String,
    promoted_at DateTime64(3, 'UTC')
)
ENGINE = {replicated}MergeTree
ORDER BY seq;

INSERT INTO promotions SELECT 1, 'live', now64(3) WHERE (SELECT count() FROM promotions) = 0;
