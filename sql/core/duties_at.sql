-- One row an obligation as it stands at a moment: its due moment, whether it is waived, with the decisions of people taken by
-- then. Key: recipient_code, deliverable, period.
CREATE OR REPLACE MACRO core.duties_at(notice, t) AS TABLE
SELECT obligations.*
FROM core.obligations
ANTI JOIN core.decided_duties AS decided
    ON
        obligations.notice_id = decided.notice_id
        AND obligations.recipient_code = decided.recipient_code
        AND obligations.deliverable = decided.deliverable
        AND obligations.period = decided.period
WHERE obligations.notice_id = notice
UNION ALL BY NAME
SELECT decided.* EXCLUDE (known_from, known_until)
FROM core.decided_duties AS decided
WHERE decided.notice_id = notice AND decided.known_from <= t AND decided.known_until > t;
COMMENT ON MACRO TABLE core.duties_at IS '某一时刻的应报：截止和免报已计入到那时为止的决定';
