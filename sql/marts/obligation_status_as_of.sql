-- One row an obligation as of a moment (contract section 7). Key: recipient_code, deliverable, period.
-- on_time and late go by the first accepted row of the period; an exempt obligation is exempt whatever came.
-- is_returned: something of it was rejected by then, and nothing was accepted.
CREATE OR REPLACE MACRO marts.obligation_status_as_of(notice, t) AS TABLE
WITH
met AS (
    SELECT
        items.recipient_code,
        items.deliverable,
        items.period,
        min(items.first_accepted_at) AS first_accepted_at,
        bool_and(items.is_zero_report) AS is_zero_report
    FROM core.items
    WHERE
        items.notice_id = notice
        AND items.current_from <= t
        AND items.current_until > t
        AND items.period IS NOT NULL
    GROUP BY ALL
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
    obligations.recipient_code,
    recipients.recipient,
    recipients.kind AS recipient_kind,
    recipients.line,
    obligations.city_code,
    obligations.deliverable,
    obligations.period,
    obligations.first_day,
    obligations.last_day,
    obligations.due_at,
    met.first_accepted_at,
    CASE
        WHEN obligations.exemption_reason IS NOT NULL THEN 'exempt'
        WHEN met.first_accepted_at <= obligations.due_at THEN 'on_time'
        WHEN met.first_accepted_at > obligations.due_at THEN 'late'
        WHEN obligations.due_at <= t THEN 'missing'
        ELSE 'pending'
    END AS status,
    returned.period IS NOT NULL AND met.first_accepted_at IS NULL AND obligations.exemption_reason IS NULL AS is_returned,
    coalesce(met.is_zero_report, FALSE) AND obligations.exemption_reason IS NULL AS is_zero_report,
    obligations.extension_reason,
    obligations.exemption_reason
FROM core.obligations
INNER JOIN core.recipients
    ON obligations.notice_id = recipients.notice_id AND obligations.recipient_code = recipients.recipient_code
INNER JOIN core.deliverables
    ON obligations.notice_id = deliverables.notice_id AND obligations.deliverable = deliverables.deliverable
LEFT JOIN met
    ON
        obligations.recipient_code = met.recipient_code
        AND obligations.deliverable = met.deliverable
        AND obligations.period = met.period
LEFT JOIN returned
    ON
        obligations.recipient_code = returned.recipient_code
        AND obligations.deliverable = returned.deliverable
        AND obligations.period = returned.period
WHERE obligations.notice_id = notice
ORDER BY recipients.position, deliverables.position, obligations.period;
COMMENT ON MACRO TABLE marts.obligation_status_as_of IS '某一时刻每项应报的状态：按时、迟报、未报、未到期、免报';
