-- One row an obligation of any notice as it stands under all decisions taken so far. Key: notice_id, recipient_code,
-- deliverable, period.
CREATE OR REPLACE VIEW core.latest_duties AS
SELECT obligations.*
FROM core.obligations
ANTI JOIN core.decided_duties AS decided
    ON
        obligations.notice_id = decided.notice_id
        AND obligations.recipient_code = decided.recipient_code
        AND obligations.deliverable = decided.deliverable
        AND obligations.period = decided.period
UNION ALL BY NAME
SELECT decided.* EXCLUDE (known_from, known_until)
FROM core.decided_duties AS decided
WHERE decided.known_until = TIMESTAMP '9999-12-31';
COMMENT ON VIEW core.latest_duties IS '应报：截止和免报已计入至今的全部决定';
