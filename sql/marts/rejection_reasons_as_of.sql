-- One row a reason, by unit, deliverable and column, as of a moment: how often, and where to see one. The most frequent first.
-- Key: recipient_code, deliverable, column_name, reason, scope. Every fault of a row counts; what was later sent right stays in.
-- 指标 times：这个原因出现的次数；整件退回的一件一次，行退回的一处问题一次 | 分母：不适用 | 空值：不会为空
-- 指标 files：其中涉及几件报送 | 分母：不适用 | 空值：不会为空
-- 示例 全省最常见的错误，在哪一列
--   SELECT reason, header, sum(times) AS times, sum(files) AS files, count(DISTINCT recipient_code) AS recipients
--   FROM marts.rejection_reasons_as_of($notice, $t)
--   GROUP BY reason, header ORDER BY times DESC LIMIT 10
CREATE OR REPLACE MACRO marts.rejection_reasons_as_of(notice, t) AS TABLE
WITH
arrived AS (
    SELECT * FROM core.submissions
    WHERE submissions.notice_id = notice AND submissions.received_at <= t AND submissions.state NOT IN ('duplicate', 'superseded')
),

faults AS (
    SELECT
        arrived.notice_id,
        arrived.recipient_code,
        verdicts.deliverable,
        verdicts.column_name,
        verdicts.reason,
        'row' AS scope,
        arrived.submission_id,
        arrived.received_at,
        arrived.path,
        verdicts.sheet,
        verdicts.row_number,
        verdicts.column_number,
        verdicts.header,
        verdicts.value,
        verdicts.sentence
    FROM raw.verdicts
    INNER JOIN arrived ON verdicts.submission_id = arrived.submission_id
    WHERE verdicts.severity = 'error'
    UNION ALL BY NAME
    SELECT
        arrived.notice_id,
        arrived.recipient_code,
        arrived.deliverable,
        arrived.reason,
        'file' AS scope,
        arrived.submission_id,
        arrived.received_at,
        arrived.path,
        arrived.sentence
    FROM arrived
    WHERE arrived.state = 'rejected' AND arrived.rejected_row_count = 0
),

counted AS (
    SELECT
        faults.notice_id,
        faults.recipient_code,
        faults.deliverable,
        faults.column_name,
        faults.reason,
        faults.scope,
        count(*) AS times,
        count(DISTINCT faults.submission_id) AS files,
        min(faults.received_at) AS first_at,
        max(faults.received_at) AS last_at,
        arg_max(faults, (faults.received_at, faults.path, coalesce(faults.sheet, ''), coalesce(faults.row_number, 0))) AS example
    FROM faults
    GROUP BY ALL
)

SELECT
    counted.recipient_code,
    recipients.recipient,
    recipients.city_code,
    counted.deliverable,
    counted.column_name,
    counted.example.header,
    counted.reason,
    counted.scope,
    counted.times,
    counted.files,
    counted.first_at,
    counted.last_at,
    counted.example.path AS example_path,
    counted.example.sheet AS example_sheet,
    counted.example.row_number AS example_row,
    counted.example.column_number AS example_column,
    counted.example.value AS example_value,
    counted.example.sentence
FROM counted
LEFT JOIN core.recipients_at(notice, t) AS recipients ON counted.recipient_code = recipients.recipient_code
ORDER BY counted.times DESC, recipients.position ASC, counted.deliverable ASC, counted.column_name ASC, counted.reason ASC;
COMMENT ON MACRO TABLE marts.rejection_reasons_as_of IS '某一时刻退回的原因：谁、哪个事项、哪一列、多少次、例子在哪里';
