-- One row a stretch of time in which a unit stays in one city and on one line, and owes something, and takes part, or does not.
-- Key: notice_id, recipient_code, known_from. A unit's stretches follow each other from the beginning of time to its end.
-- is_participating: it owes something, and a valid row of it says something (zero reports do not), owed or not; what is sent
-- voluntarily makes nobody take part.
-- Refreshed for the units in raw.touched_units, which it is the last to need.
CREATE TABLE IF NOT EXISTS core.unit_stretches (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    city_code VARCHAR NOT NULL,
    line VARCHAR,
    kind VARCHAR NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_until TIMESTAMP NOT NULL,
    is_obligated BOOLEAN NOT NULL,
    is_participating BOOLEAN NOT NULL
);
COMMENT ON TABLE core.unit_stretches IS '单位在各段时间里的样子：在哪个市、哪条线，有没有应报项，有没有参与';
COMMENT ON COLUMN core.unit_stretches.notice_id IS '通知代号';
COMMENT ON COLUMN core.unit_stretches.recipient_code IS '单位代码';
COMMENT ON COLUMN core.unit_stretches.city_code IS '所在市代码';
COMMENT ON COLUMN core.unit_stretches.line IS '报送条线；无报送义务的为空';
COMMENT ON COLUMN core.unit_stretches.kind IS '单位类别';
COMMENT ON COLUMN core.unit_stretches.known_from IS '从何时起是这样';
COMMENT ON COLUMN core.unit_stretches.known_until IS '到何时为止（不含）；一直如此的为 9999 年';
COMMENT ON COLUMN core.unit_stretches.is_obligated IS '是否至少有一项应报，免报的不算';
COMMENT ON COLUMN core.unit_stretches.is_participating IS '是否应报，而且至少有一行有效数据，零报告不算';

DELETE FROM core.unit_stretches
USING raw.touched_units
WHERE
    unit_stretches.notice_id = touched_units.notice_id
    AND unit_stretches.recipient_code = touched_units.recipient_code;

INSERT INTO core.unit_stretches
WITH
stays AS (
    SELECT
        recipient_stays.notice_id,
        recipient_stays.recipient_code,
        recipient_stays.city_code,
        recipient_stays.line,
        recipients.kind,
        recipient_stays.first_day::TIMESTAMP AS stays_from,
        recipient_stays.next_day::TIMESTAMP AS stays_until
    FROM core.recipient_stays
    SEMI JOIN raw.touched_units
        ON recipient_stays.notice_id = touched_units.notice_id AND recipient_stays.recipient_code = touched_units.recipient_code
    INNER JOIN core.recipients
        ON recipient_stays.notice_id = recipients.notice_id AND recipient_stays.recipient_code = recipients.recipient_code
),

steps AS (
    SELECT
        stretches.notice_id,
        stretches.recipient_code,
        unnest([stretches.known_from, stretches.known_until]) AS moment,
        unnest([stretches.expected, -stretches.expected]) AS owed_more,
        0 AS rows_more
    FROM core.duty_stretches AS stretches
    SEMI JOIN raw.touched_units
        ON stretches.notice_id = touched_units.notice_id AND stretches.recipient_code = touched_units.recipient_code
    UNION ALL
    SELECT
        spans.notice_id,
        spans.recipient_code,
        unnest([spans.met_from, spans.met_until]) AS moment,
        0 AS owed_more,
        unnest([1, -1]) AS rows_more
    FROM core.report_spans AS spans
    SEMI JOIN raw.touched_units
        ON spans.notice_id = touched_units.notice_id AND spans.recipient_code = touched_units.recipient_code
    INNER JOIN core.deliverables
        ON spans.notice_id = deliverables.notice_id AND spans.deliverable = deliverables.deliverable
    WHERE NOT spans.is_zero_report AND NOT deliverables.is_optional
    UNION ALL
    SELECT
        stays.notice_id,
        stays.recipient_code,
        stays.stays_from AS moment,
        0 AS owed_more,
        0 AS rows_more
    FROM stays
),

sums AS (
    SELECT
        notice_id,
        recipient_code,
        moment,
        sum(owed_more) AS owed_more,
        sum(rows_more) AS rows_more
    FROM steps
    WHERE moment < TIMESTAMP '9999-12-31'
    GROUP BY ALL
),

states AS (
    SELECT
        notice_id,
        recipient_code,
        moment,
        sum(owed_more) OVER so_far > 0 AS is_obligated,
        sum(owed_more) OVER so_far > 0 AND sum(rows_more) OVER so_far > 0 AS is_participating
    FROM sums
    WINDOW so_far AS (PARTITION BY notice_id, recipient_code ORDER BY moment)
),

turns AS (
    SELECT
        states.notice_id,
        states.recipient_code,
        stays.city_code,
        stays.line,
        stays.kind,
        states.moment,
        states.is_obligated,
        states.is_participating
    FROM states
    INNER JOIN stays
        ON
            states.notice_id = stays.notice_id
            AND states.recipient_code = stays.recipient_code
            AND states.moment >= stays.stays_from
            AND states.moment < stays.stays_until
    WINDOW so_far AS (PARTITION BY states.notice_id, states.recipient_code ORDER BY states.moment)
    QUALIFY
        states.moment = stays.stays_from
        OR states.is_obligated <> lag(states.is_obligated) OVER so_far
        OR states.is_participating <> lag(states.is_participating) OVER so_far
)

SELECT
    turns.notice_id,
    turns.recipient_code,
    turns.city_code,
    turns.line,
    turns.kind,
    turns.moment AS known_from,
    lead(turns.moment, 1, TIMESTAMP '9999-12-31') OVER (
        PARTITION BY turns.notice_id, turns.recipient_code ORDER BY turns.moment
    ) AS known_until,
    turns.is_obligated,
    turns.is_participating
FROM turns;

DELETE FROM raw.touched_units;
