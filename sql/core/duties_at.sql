-- One row an obligation as it stands at a moment: its due moment, whether it is waived, with the decisions of people taken by
-- then. Key: recipient_code, deliverable, period.
-- What hangs on another deliverable (if_submitted) is owed by those whose submission of that one is current at the moment.
CREATE OR REPLACE MACRO core.duties_at(notice, t) AS TABLE
WITH
stood AS (
    SELECT spans.* EXCLUDE (known_from, known_until)
    FROM core.duty_spans AS spans
    WHERE spans.notice_id = notice AND spans.known_from <= t AND spans.known_until > t
),

conditions AS (
    SELECT
        deliverables.deliverable,
        deliverables.if_submitted
    FROM core.deliverables
    WHERE deliverables.notice_id = notice AND deliverables.if_submitted IS NOT NULL AND deliverables.within_hours IS NULL
),

-- Who fulfils which condition: nobody is looked for where nothing hangs on anything.
fulfilled AS (
    SELECT DISTINCT
        spans.recipient_code,
        conditions.deliverable
    FROM core.report_spans AS spans
    INNER JOIN conditions ON spans.deliverable = conditions.if_submitted
    WHERE spans.notice_id = notice AND spans.met_from <= t AND spans.met_until > t
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
LEFT JOIN conditions ON stood.deliverable = conditions.deliverable
LEFT JOIN fulfilled
    ON stood.recipient_code = fulfilled.recipient_code AND stood.deliverable = fulfilled.deliverable
WHERE conditions.if_submitted IS NULL OR fulfilled.recipient_code IS NOT NULL;
COMMENT ON MACRO TABLE core.duties_at IS '某一时刻的应报：截止和免报已计入到那时为止的决定';
