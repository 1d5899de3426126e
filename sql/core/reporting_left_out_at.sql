-- One row what a figure of marts.city_reporting_as_of leaves out as of a moment, with the reason: a recipient, an exempt
-- obligation, or a file that did not meet the obligation it was for. Key: none.
-- reason: exempt, owes_nothing, nothing_accepted, only_zero_reports; of files rejected, duplicate, not_yet
-- (core.row_ends_at) and has_materials (a zero report on a day that materials came for as well).
-- for_city and for_figure leave the others out; NULL means every one.
CREATE OR REPLACE MACRO core.reporting_left_out_at(notice, t, for_city, for_figure) AS TABLE
WITH
all_obligations AS (
    SELECT * FROM marts.obligation_status_as_of(notice, t)
    WHERE status <> 'voluntary'
),

obligations AS (
    SELECT * FROM all_obligations
    WHERE for_city IS NULL OR city_code = for_city
),

obligated AS (
    SELECT
        recipient_code,
        bool_or(status IN ('on_time', 'late')) AS is_met
    FROM all_obligations
    WHERE status <> 'exempt'
    GROUP BY ALL
),

taking_part AS (
    SELECT DISTINCT items.recipient_code
    FROM core.items
    INNER JOIN core.deliverables
        ON NOT deliverables.is_optional AND items.notice_id = deliverables.notice_id AND items.deliverable = deliverables.deliverable
    WHERE
        items.notice_id = notice
        AND items.current_from <= t
        AND items.current_until > t
        AND NOT items.is_zero_report
),

recipients_left AS (
    SELECT
        recipients.city_code,
        recipients.recipient_code,
        CASE
            WHEN recipients.recipient_code IN (SELECT all_obligations.recipient_code FROM all_obligations) THEN 'exempt'
            ELSE 'owes_nothing'
        END AS reason,
        'obligated' AS figure
    FROM core.recipients_at(notice, t) AS recipients
    WHERE
        recipients.notice_id = notice
        AND (for_city IS NULL OR recipients.city_code = for_city)
        AND recipients.recipient_code NOT IN (SELECT obligated.recipient_code FROM obligated)
    UNION ALL
    SELECT
        recipients.city_code,
        recipients.recipient_code,
        CASE WHEN obligated.is_met THEN 'only_zero_reports' ELSE 'nothing_accepted' END AS reason,
        unnest(['participating', 'participation_rate']) AS figure
    FROM core.recipients_at(notice, t) AS recipients
    INNER JOIN obligated ON recipients.recipient_code = obligated.recipient_code
    WHERE
        recipients.notice_id = notice
        AND (for_city IS NULL OR recipients.city_code = for_city)
        AND recipients.recipient_code NOT IN (SELECT taking_part.recipient_code FROM taking_part)
),

exempt AS (
    SELECT
        obligations.*,
        unnest(['expected', 'due', 'on_time', 'late', 'missing', 'pending', 'reporting_rate', 'on_time_rate']) AS figure
    FROM obligations
    WHERE obligations.status = 'exempt'
),

sent AS (
    SELECT
        ends.recipient_code,
        ends.deliverable,
        ends.period,
        ends.submission_id,
        ends.row_end,
        max(ends.duplicate_of) AS duplicate_of,
        string_agg(DISTINCT ends.reasons, '|' ORDER BY ends.reasons) AS reasons,
        string_agg(DISTINCT ends.explanation, ' ' ORDER BY ends.explanation) AS explanation
    FROM core.row_ends_at(notice, t, for_city) AS ends
    WHERE ends.row_end IN ('rejected', 'duplicate', 'not_yet', 'zero_report')
    GROUP BY ALL
),

files_left AS (
    SELECT
        obligations.*,
        sent.submission_id,
        sent.reasons,
        sent.explanation,
        sent.duplicate_of,
        CASE sent.row_end WHEN 'zero_report' THEN 'has_materials' ELSE sent.row_end END AS reason,
        figures.figure
    FROM obligations
    INNER JOIN sent
        ON
            obligations.recipient_code = sent.recipient_code
            AND obligations.deliverable = sent.deliverable
            AND obligations.period = sent.period
    CROSS JOIN (
        VALUES
        ('on_time'),
        ('late'),
        ('missing'),
        ('pending'),
        ('zero_reports'),
        ('reporting_rate'),
        ('on_time_rate')
    ) AS figures (figure)
    WHERE
        obligations.status <> 'exempt'
        AND CASE
            WHEN sent.row_end = 'zero_report' THEN figures.figure = 'zero_reports' AND NOT obligations.is_zero_report
            WHEN figures.figure = 'zero_reports' THEN FALSE
            WHEN figures.figure = 'on_time' THEN obligations.status <> 'on_time'
            WHEN figures.figure = 'on_time_rate' THEN obligations.status IN ('late', 'missing')
            WHEN figures.figure = 'reporting_rate' THEN obligations.status = 'missing'
            ELSE obligations.status = figures.figure
        END
),

-- A file of a unit that owes something, of which nobody can tell what it was for.
strays AS (
    SELECT
        recipients.city_code,
        sent.*,
        unnest(['on_time', 'missing', 'pending', 'reporting_rate', 'on_time_rate']) AS figure
    FROM sent
    INNER JOIN core.recipients_at(notice, t) AS recipients ON sent.recipient_code = recipients.recipient_code
    INNER JOIN obligated ON sent.recipient_code = obligated.recipient_code
    WHERE sent.deliverable IS NULL AND sent.row_end = 'rejected'
)

SELECT
    city_code,
    figure,
    reason,
    NULL AS reasons,
    NULL AS explanation,
    recipient_code,
    NULL AS deliverable,
    NULL AS period,
    NULL AS due_at,
    NULL AS status,
    NULL AS submission_id,
    NULL AS other_submission_id
FROM recipients_left
UNION ALL
SELECT
    city_code,
    figure,
    status AS reason,
    NULL AS reasons,
    exemption_reason AS explanation,
    recipient_code,
    deliverable,
    period,
    due_at,
    status,
    NULL AS submission_id,
    NULL AS other_submission_id
FROM exempt
UNION ALL
SELECT
    city_code,
    figure,
    reason,
    reasons,
    explanation,
    recipient_code,
    deliverable,
    period,
    due_at,
    status,
    submission_id,
    duplicate_of AS other_submission_id
FROM files_left
UNION ALL
SELECT
    city_code,
    figure,
    row_end AS reason,
    reasons,
    explanation,
    recipient_code,
    NULL AS deliverable,
    NULL AS period,
    NULL AS due_at,
    NULL AS status,
    submission_id,
    NULL AS other_submission_id
FROM strays;
COMMENT ON MACRO TABLE core.reporting_left_out_at IS '某一时刻参与和报送的数没有计入的单位、免报项和文件及理由';
