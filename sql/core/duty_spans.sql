-- One row a span of time of an obligation: how it stands in that span under the decisions of people. What no decision speaks of
-- stands the same for ever. Key: notice_id, recipient_code, deliverable, period, known_from.
CREATE OR REPLACE VIEW core.duty_spans AS
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
FROM core.decided_duties AS decided;
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
