-- One row an obligation and its status at a moment (contract section 7). Key: recipient_code, deliverable, period.
-- Waivers and extensions that people decided hold from their decision on (core.duties_at).
-- on_time and late go by the first accepted row of the period; an exempt obligation is exempt whatever came.
-- is_returned: something of it was rejected by then, and nothing was accepted.
CREATE OR REPLACE MACRO core.obligations_at(notice, t) AS TABLE
WITH
met AS (
    SELECT
        spans.recipient_code,
        spans.deliverable,
        spans.period,
        spans.first_accepted_at,
        spans.is_zero_report
    FROM core.report_spans AS spans
    WHERE spans.notice_id = notice AND spans.met_from <= t AND spans.met_until > t AND spans.period IS NOT NULL
),

returned AS (
    SELECT DISTINCT
        returns.recipient_code,
        returns.deliverable,
        returns.period
    FROM core.returns
    WHERE returns.notice_id = notice AND returns.received_at <= t
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
    obligations.due_at <= t AS is_due,
    met.first_accepted_at,
    core.duty_status(obligations.exemption_reason, met.first_accepted_at, obligations.due_at, t) AS status,
    returned.period IS NOT NULL AND met.first_accepted_at IS NULL AND obligations.exemption_reason IS NULL AS is_returned,
    coalesce(met.is_zero_report, FALSE) AND obligations.exemption_reason IS NULL AS is_zero_report,
    obligations.extension_reason,
    obligations.exemption_reason
FROM core.duties_at(notice, t) AS obligations
LEFT JOIN met
    ON
        obligations.recipient_code = met.recipient_code
        AND obligations.deliverable = met.deliverable
        AND obligations.period = met.period
LEFT JOIN returned
    ON
        obligations.recipient_code = returned.recipient_code
        AND obligations.deliverable = returned.deliverable
        AND obligations.period = returned.period;
COMMENT ON MACRO TABLE core.obligations_at IS '某一时刻每项应报的状态';
