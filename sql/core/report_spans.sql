-- One row a span of time in which a recipient's rows for a period stay of one sort: some that say something, or zero reports
-- alone. Key: notice_id, recipient_code, deliverable, period, met_from; spans of a period do not overlap.
-- What is reported at a moment is one look-up here, however many rows were sent. Period NULL: rows that belong to none.
-- Refreshed for the periods in raw.touched_keys.
CREATE TABLE IF NOT EXISTS core.report_spans (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    period VARCHAR,
    met_from TIMESTAMP NOT NULL,
    met_until TIMESTAMP NOT NULL,
    is_zero_report BOOLEAN NOT NULL,
    first_accepted_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE core.report_spans IS '已报时段：某单位某事项某一期从何时到何时有有效行';
COMMENT ON COLUMN core.report_spans.notice_id IS '通知代号';
COMMENT ON COLUMN core.report_spans.recipient_code IS '单位代码';
COMMENT ON COLUMN core.report_spans.deliverable IS '事项代码';
COMMENT ON COLUMN core.report_spans.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN core.report_spans.met_from IS '从何时起';
COMMENT ON COLUMN core.report_spans.met_until IS '到何时为止（不含）；一直如此的为 9999 年';
COMMENT ON COLUMN core.report_spans.is_zero_report IS '这段时间里是否只有零报告';
COMMENT ON COLUMN core.report_spans.first_accepted_at IS '这一期首次收下的时间';

DELETE FROM core.report_spans
USING raw.touched_keys
WHERE
    report_spans.notice_id = touched_keys.notice_id
    AND report_spans.recipient_code = touched_keys.recipient_code
    AND report_spans.deliverable = touched_keys.deliverable
    AND report_spans.period IS NOT DISTINCT FROM touched_keys.period;

INSERT INTO core.report_spans
WITH
touched AS (
    SELECT items.*
    FROM core.items
    SEMI JOIN core.touched_periods AS touched_periods
        ON
            items.notice_id = touched_periods.notice_id
            AND items.recipient_code = touched_periods.recipient_code
            AND items.deliverable = touched_periods.deliverable
            AND items.period IS NOT DISTINCT FROM touched_periods.period
),

steps AS (
    SELECT
        notice_id,
        recipient_code,
        deliverable,
        period,
        first_accepted_at,
        is_zero_report,
        current_from AS moment,
        1 AS step
    FROM touched
    UNION ALL
    SELECT
        notice_id,
        recipient_code,
        deliverable,
        period,
        first_accepted_at,
        is_zero_report,
        current_until AS moment,
        -1 AS step
    FROM touched
    WHERE current_until < TIMESTAMP '9999-12-31'
),

changes AS (
    SELECT
        notice_id,
        recipient_code,
        deliverable,
        period,
        moment,
        min(first_accepted_at) AS first_accepted_at,
        sum(step) AS rows_more,
        sum(step) FILTER (NOT is_zero_report) AS reports_more
    FROM steps
    GROUP BY ALL
),

states AS (
    SELECT
        * REPLACE (min(first_accepted_at) OVER (period_so_far) AS first_accepted_at),
        CASE
            WHEN sum(reports_more) OVER (period_so_far) > 0 THEN 'report'
            WHEN sum(rows_more) OVER (period_so_far) > 0 THEN 'zero report'
            ELSE 'nothing'
        END AS state
    FROM changes
    WINDOW period_so_far AS (PARTITION BY notice_id, recipient_code, deliverable, period ORDER BY moment)
),

turns AS (
    SELECT *
    FROM states
    QUALIFY
        state IS DISTINCT FROM lag(state) OVER (
            PARTITION BY notice_id, recipient_code, deliverable, period ORDER BY moment
        )
),

spans AS (
    SELECT
        *,
        lead(moment, 1, TIMESTAMP '9999-12-31') OVER (
            PARTITION BY notice_id, recipient_code, deliverable, period ORDER BY moment
        ) AS until_moment
    FROM turns
),

-- Where people decided about rows of a period, or answers were taken back on their service, which was the first accepted one depends on the moment: what was accepted
-- later may have come earlier, and what was withdrawn meets nothing any more.
decided_periods AS (
    SELECT DISTINCT
        valid_rows.notice_id,
        valid_rows.recipient_code,
        valid_rows.deliverable,
        valid_rows.period
    FROM core.valid_rows
    SEMI JOIN core.touched_periods AS touched_periods
        ON
            valid_rows.notice_id = touched_periods.notice_id
            AND valid_rows.recipient_code = touched_periods.recipient_code
            AND valid_rows.deliverable = touched_periods.deliverable
            AND valid_rows.period IS NOT DISTINCT FROM touched_periods.period
    WHERE
        valid_rows.is_taken_back
        OR valid_rows.withdrawn_at IS NOT NULL
        OR valid_rows.known_at <> valid_rows.received_at
),

decided_rows AS (
    SELECT
        valid_rows.notice_id,
        valid_rows.recipient_code,
        valid_rows.deliverable,
        valid_rows.period,
        valid_rows.received_at,
        valid_rows.known_at,
        least(
            CASE WHEN valid_rows.is_taken_back THEN valid_rows.replaced_at ELSE TIMESTAMP '9999-12-31' END,
            valid_rows.withdrawn_at
        ) AS known_until
    FROM core.valid_rows
    SEMI JOIN decided_periods
        ON
            valid_rows.notice_id = decided_periods.notice_id
            AND valid_rows.recipient_code = decided_periods.recipient_code
            AND valid_rows.deliverable = decided_periods.deliverable
            AND valid_rows.period IS NOT DISTINCT FROM decided_periods.period
),

decided_moments AS (
    SELECT DISTINCT
        notice_id,
        recipient_code,
        deliverable,
        period,
        unnest([known_at, known_until]) AS moment
    FROM decided_rows
),

met AS (
    SELECT * FROM spans
    WHERE state <> 'nothing'
),

cuts AS (
    SELECT
        met.notice_id,
        met.recipient_code,
        met.deliverable,
        met.period,
        met.state,
        met.until_moment,
        met.first_accepted_at,
        decided_moments.moment IS NOT NULL AS is_decided,
        greatest(met.moment, decided_moments.moment) AS moment
    FROM met
    LEFT JOIN decided_moments
        ON
            met.notice_id = decided_moments.notice_id
            AND met.recipient_code = decided_moments.recipient_code
            AND met.deliverable = decided_moments.deliverable
            AND met.period IS NOT DISTINCT FROM decided_moments.period
            AND met.until_moment > decided_moments.moment
    GROUP BY ALL
),

cut_spans AS (
    SELECT
        cuts.* REPLACE (
            lead(cuts.moment, 1, cuts.until_moment) OVER (
                PARTITION BY cuts.notice_id, cuts.recipient_code, cuts.deliverable, cuts.period, cuts.until_moment
                ORDER BY cuts.moment
            ) AS until_moment
        )
    FROM cuts
)

SELECT
    cut_spans.notice_id,
    cut_spans.recipient_code,
    cut_spans.deliverable,
    cut_spans.period,
    cut_spans.moment AS met_from,
    cut_spans.until_moment AS met_until,
    cut_spans.state = 'zero report' AS is_zero_report,
    CASE
        WHEN cut_spans.is_decided
            THEN min(decided_rows.received_at) FILTER (
                decided_rows.known_at <= cut_spans.moment AND decided_rows.known_until > cut_spans.moment
            )
        ELSE cut_spans.first_accepted_at
    END AS first_accepted_at
FROM cut_spans
LEFT JOIN decided_rows
    ON
        cut_spans.is_decided
        AND cut_spans.notice_id = decided_rows.notice_id
        AND cut_spans.recipient_code = decided_rows.recipient_code
        AND cut_spans.deliverable = decided_rows.deliverable
        AND cut_spans.period IS NOT DISTINCT FROM decided_rows.period
GROUP BY
    cut_spans.notice_id,
    cut_spans.recipient_code,
    cut_spans.deliverable,
    cut_spans.period,
    cut_spans.moment,
    cut_spans.until_moment,
    cut_spans.state,
    cut_spans.is_decided,
    cut_spans.first_accepted_at;
