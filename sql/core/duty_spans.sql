-- One row a span of time of an obligation: how it stands in that span under the decisions of people. What no decision speaks of
-- stands the same for ever. Key: notice_id, recipient_code, deliverable, period, known_from.
-- What is reported as it happens is owed from when an event is known: while a valid report of it stands, or one of that
-- deliverable which this one follows (if_submitted).
CREATE OR REPLACE VIEW core.duty_spans AS
WITH
told AS (
    SELECT
        spans.notice_id,
        spans.recipient_code,
        follows.deliverable,
        spans.period,
        spans.met_from,
        spans.met_until,
        stays.city_code,
        try_cast(spans.period AS TIMESTAMP)::DATE AS day,
        try_cast(spans.period AS TIMESTAMP) + to_hours(follows.within_hours) AS due_at,
        coalesce(
            spans.met_from > max(spans.met_until) OVER (
                PARTITION BY spans.notice_id, spans.recipient_code, follows.deliverable, spans.period
                ORDER BY spans.met_from, spans.met_until
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            FALSE
        ) AS is_apart
    FROM core.report_spans AS spans
    INNER JOIN core.deliverables AS follows
        ON
            spans.notice_id = follows.notice_id
            AND spans.deliverable IN (follows.deliverable, follows.if_submitted)
            AND follows.within_hours IS NOT NULL
    INNER JOIN core.recipients
        ON
            spans.notice_id = recipients.notice_id
            AND spans.recipient_code = recipients.recipient_code
            AND list_contains(follows.event_owed_by, recipients.kind)
    INNER JOIN core.recipient_stays AS stays
        ON
            spans.notice_id = stays.notice_id
            AND spans.recipient_code = stays.recipient_code
            AND try_cast(spans.period AS TIMESTAMP)::DATE >= stays.first_day
            AND try_cast(spans.period AS TIMESTAMP)::DATE < stays.next_day
    WHERE spans.period IS NOT NULL
),

numbered AS (
    SELECT
        *,
        count(*) FILTER (is_apart) OVER (
            PARTITION BY notice_id, recipient_code, deliverable, period
            ORDER BY met_from, met_until
            ROWS UNBOUNDED PRECEDING
        ) AS stretch
    FROM told
)

SELECT
    obligations.notice_id,
    obligations.recipient_code,
    obligations.city_code,
    obligations.deliverable,
    obligations.period,
    obligations.first_day,
    obligations.last_day,
    obligations.due_at,
    obligations.extension_reason,
    obligations.exemption_reason,
    TIMESTAMP '0001-01-01' AS known_from,
    TIMESTAMP '9999-12-31' AS known_until
FROM core.obligations
ANTI JOIN core.decided_duties AS decided
    ON
        obligations.notice_id = decided.notice_id
        AND obligations.recipient_code = decided.recipient_code
        AND obligations.deliverable = decided.deliverable
        AND obligations.period = decided.period
UNION ALL
SELECT
    decided.notice_id,
    decided.recipient_code,
    decided.city_code,
    decided.deliverable,
    decided.period,
    decided.first_day,
    decided.last_day,
    decided.due_at,
    decided.extension_reason,
    decided.exemption_reason,
    decided.known_from,
    decided.known_until
FROM core.decided_duties AS decided
UNION ALL
SELECT
    numbered.notice_id,
    numbered.recipient_code,
    numbered.city_code,
    numbered.deliverable,
    numbered.period,
    numbered.day AS first_day,
    numbered.day AS last_day,
    numbered.due_at,
    NULL AS extension_reason,
    NULL AS exemption_reason,
    min(numbered.met_from) AS known_from,
    max(numbered.met_until) AS known_until
FROM numbered
GROUP BY
    numbered.notice_id,
    numbered.recipient_code,
    numbered.city_code,
    numbered.deliverable,
    numbered.period,
    numbered.day,
    numbered.due_at,
    numbered.stretch;
COMMENT ON VIEW core.duty_spans IS '应报在各段时间里的样子：截止和免报已计入人的决定';
COMMENT ON COLUMN core.duty_spans.notice_id IS '通知代号';
COMMENT ON COLUMN core.duty_spans.recipient_code IS '单位代码';
COMMENT ON COLUMN core.duty_spans.city_code IS '所在市代码';
COMMENT ON COLUMN core.duty_spans.deliverable IS '事项代码';
COMMENT ON COLUMN core.duty_spans.period IS '期';
COMMENT ON COLUMN core.duty_spans.first_day IS '首日';
COMMENT ON COLUMN core.duty_spans.last_day IS '末日';
COMMENT ON COLUMN core.duty_spans.due_at IS '截止时间，已计入延期';
COMMENT ON COLUMN core.duty_spans.extension_reason IS '延期理由；没有延期的为空';
COMMENT ON COLUMN core.duty_spans.exemption_reason IS '免报理由；不免报的为空';
COMMENT ON COLUMN core.duty_spans.known_from IS '从何时起是这样';
COMMENT ON COLUMN core.duty_spans.known_until IS '到何时为止；至今仍是这样的为 9999-12-31';
