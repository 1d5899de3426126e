-- One row what a recipient sent at a moment without owing it: an optional deliverable, with a period that it is current for.
-- Key: recipient_code, deliverable, period.
-- What nobody sent has no row: it is never missing, and in no rate.
CREATE OR REPLACE MACRO core.voluntary_at(notice, t) AS TABLE
SELECT
    open_duties.notice_id,
    open_duties.recipient_code,
    open_duties.city_code,
    open_duties.deliverable,
    open_duties.period,
    open_duties.first_day,
    open_duties.last_day,
    open_duties.due_at,
    open_duties.due_at <= t AS is_due,
    spans.first_accepted_at,
    'voluntary' AS status,
    FALSE AS is_returned,
    spans.is_zero_report,
    NULL::VARCHAR AS extension_reason,
    NULL::VARCHAR AS exemption_reason
FROM core.open_duties
INNER JOIN core.report_spans AS spans
    ON
        open_duties.notice_id = spans.notice_id
        AND open_duties.recipient_code = spans.recipient_code
        AND open_duties.deliverable = spans.deliverable
        AND open_duties.period = spans.period
WHERE open_duties.notice_id = notice AND spans.met_from <= t AND spans.met_until > t;
COMMENT ON MACRO TABLE core.voluntary_at IS '某一时刻收到的自愿报送';
