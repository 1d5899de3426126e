-- One row an obligation of any notice as it stands under all decisions taken so far. Key: notice_id, recipient_code,
-- deliverable, period. What hangs on another deliverable is owed by those whose submission of that one is current.
CREATE OR REPLACE VIEW core.latest_duties AS
WITH
stood AS (
    SELECT spans.* EXCLUDE (known_from, known_until)
    FROM core.duty_spans AS spans
    WHERE spans.known_until = TIMESTAMP '9999-12-31'
),

submitted AS (
    SELECT DISTINCT
        notice_id,
        recipient_code,
        deliverable
    FROM core.report_spans
    WHERE met_until = TIMESTAMP '9999-12-31'
)

SELECT
    stood.notice_id,
    stood.recipient_code,
    stood.city_code,
    stood.deliverable,
    stood.period,
    stood.first_day,
    stood.last_day,
    stood.due_at,
    stood.extension_reason,
    stood.exemption_reason
FROM stood
INNER JOIN core.deliverables ON stood.notice_id = deliverables.notice_id AND stood.deliverable = deliverables.deliverable
LEFT JOIN submitted
    ON
        stood.notice_id = submitted.notice_id
        AND stood.recipient_code = submitted.recipient_code
        AND deliverables.if_submitted = submitted.deliverable
WHERE
    deliverables.if_submitted IS NULL
    OR deliverables.within_hours IS NOT NULL
    OR submitted.recipient_code IS NOT NULL;
COMMENT ON VIEW core.latest_duties IS '应报：截止和免报已计入至今的全部决定';
COMMENT ON COLUMN core.latest_duties.notice_id IS '通知代号';
COMMENT ON COLUMN core.latest_duties.recipient_code IS '单位代码';
COMMENT ON COLUMN core.latest_duties.city_code IS '所在市代码';
COMMENT ON COLUMN core.latest_duties.deliverable IS '事项代码';
COMMENT ON COLUMN core.latest_duties.period IS '期';
COMMENT ON COLUMN core.latest_duties.first_day IS '首日';
COMMENT ON COLUMN core.latest_duties.last_day IS '末日';
COMMENT ON COLUMN core.latest_duties.due_at IS '截止时间，已计入延期';
COMMENT ON COLUMN core.latest_duties.extension_reason IS '延期理由';
COMMENT ON COLUMN core.latest_duties.exemption_reason IS '免报理由；不免报的为空';
