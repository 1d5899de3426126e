-- One row what a figure of marts.city_reporting_as_of is made of, as of a moment: a recipient or an obligation, with the
-- first row that met it. Key: city_code, figure, part, part_key.
-- Σ amount (part = counted), over Σ amount (part = denominator) where there is one, is the figure.
-- for_city and for_figure leave the others out; NULL means every one.
CREATE OR REPLACE MACRO core.reporting_parts_at(notice, t, for_city, for_figure) AS TABLE
WITH
owed AS (
    SELECT * FROM marts.obligation_status_as_of(notice, t)
    WHERE status NOT IN ('exempt', 'voluntary') AND (for_city IS NULL OR city_code = for_city)
),

owing AS (
    SELECT DISTINCT duties.recipient_code
    FROM core.duties_at(notice, t) AS duties
    WHERE duties.exemption_reason IS NULL
),

meeting AS (
    SELECT
        items.recipient_code,
        items.deliverable,
        items.period,
        items.submission_id,
        items.sheet,
        items.table_number,
        items.row_number,
        items.item_id
    FROM core.items
    WHERE
        items.notice_id = notice
        AND (for_city IS NULL OR items.city_code = for_city)
        AND items.current_from <= t
        AND NOT EXISTS (
            SELECT 1 FROM core.valid_rows AS taken
            WHERE
                items.submission_id = taken.submission_id
                AND items.table_number = taken.table_number
                AND items.row_number = taken.row_number
                AND items.current_from >= taken.known_at
                AND (
                    (taken.is_taken_back AND taken.replaced_at <= t AND items.current_from < taken.replaced_at)
                    OR (taken.withdrawn_at <= t AND items.current_from < taken.withdrawn_at)
                )
        )
    QUALIFY
        row_number() OVER (
            PARTITION BY items.recipient_code, items.deliverable, items.period
            ORDER BY items.received_at, items.current_from, items.item_id
        ) = 1
),

first_taking_part AS (
    SELECT
        items.recipient_code,
        items.deliverable,
        items.period,
        items.submission_id,
        items.sheet,
        items.table_number,
        items.row_number,
        items.item_id
    FROM core.items
    INNER JOIN core.deliverables
        ON NOT deliverables.is_optional AND items.notice_id = deliverables.notice_id AND items.deliverable = deliverables.deliverable
    WHERE
        items.notice_id = notice
        AND items.current_from <= t
        AND items.current_until > t
        AND NOT items.is_zero_report
    QUALIFY row_number() OVER (PARTITION BY items.recipient_code ORDER BY items.received_at, items.item_id) = 1
),

-- What meets a period by zero reports alone may not be what met it first.
meeting_by_zero AS (
    SELECT
        items.recipient_code,
        items.deliverable,
        items.period,
        items.submission_id,
        items.sheet,
        items.table_number,
        items.row_number,
        items.item_id
    FROM core.items
    WHERE
        items.notice_id = notice
        AND (for_city IS NULL OR items.city_code = for_city)
        AND items.current_from <= t
        AND items.current_until > t
        AND items.is_zero_report
    QUALIFY
        row_number() OVER (
            PARTITION BY items.recipient_code, items.deliverable, items.period ORDER BY items.received_at, items.item_id
        ) = 1
),

met AS (
    SELECT
        meeting.*,
        FALSE AS is_zero_report
    FROM meeting
    UNION ALL BY NAME
    SELECT
        meeting_by_zero.*,
        TRUE AS is_zero_report
    FROM meeting_by_zero
),

of_recipients AS (
    SELECT
        recipients.city_code,
        recipients.recipient_code,
        recipients.recipient_code AS part_key,
        CASE WHEN parts.amount_from = 'row' THEN first_taking_part.deliverable END AS deliverable,
        CASE WHEN parts.amount_from = 'row' THEN first_taking_part.period END AS period,
        CASE WHEN parts.amount_from = 'row' THEN first_taking_part.submission_id END AS submission_id,
        CASE WHEN parts.amount_from = 'row' THEN first_taking_part.sheet END AS sheet,
        CASE WHEN parts.amount_from = 'row' THEN first_taking_part.table_number END AS table_number,
        CASE WHEN parts.amount_from = 'row' THEN first_taking_part.row_number END AS row_number,
        CASE WHEN parts.amount_from = 'row' THEN first_taking_part.item_id END AS item_id,
        parts.figure,
        parts.part
    FROM core.recipients_at(notice, t) AS recipients
    CROSS JOIN (
        VALUES
        ('circulated', 'counted', 'roster'),
        ('obligated', 'counted', 'owed'),
        ('participating', 'counted', 'row'),
        ('participation_rate', 'counted', 'row'),
        ('participation_rate', 'denominator', 'owed')
    ) AS parts (figure, part, amount_from)
    LEFT JOIN first_taking_part ON recipients.recipient_code = first_taking_part.recipient_code
    WHERE
        recipients.notice_id = notice
        AND (for_city IS NULL OR recipients.city_code = for_city)
        AND (for_figure IS NULL OR parts.figure = for_figure)
        AND (parts.amount_from = 'roster' OR recipients.recipient_code IN (SELECT owing.recipient_code FROM owing))
        AND (parts.amount_from <> 'row' OR first_taking_part.item_id IS NOT NULL)
),

of_obligations AS (
    SELECT
        owed.city_code,
        owed.recipient_code,
        concat_ws(' ', owed.recipient_code, owed.deliverable, nullif(owed.period, '')) AS part_key,
        owed.deliverable,
        owed.period,
        owed.due_at,
        owed.status,
        CASE WHEN owed.first_accepted_at IS NOT NULL THEN met.submission_id END AS submission_id,
        CASE WHEN owed.first_accepted_at IS NOT NULL THEN met.sheet END AS sheet,
        CASE WHEN owed.first_accepted_at IS NOT NULL THEN met.table_number END AS table_number,
        CASE WHEN owed.first_accepted_at IS NOT NULL THEN met.row_number END AS row_number,
        CASE WHEN owed.first_accepted_at IS NOT NULL THEN met.item_id END AS item_id,
        parts.figure,
        parts.part
    FROM owed
    CROSS JOIN (
        VALUES
        ('expected', 'counted'),
        ('due', 'counted'),
        ('on_time', 'counted'),
        ('late', 'counted'),
        ('missing', 'counted'),
        ('pending', 'counted'),
        ('zero_reports', 'counted'),
        ('reporting_rate', 'counted'),
        ('reporting_rate', 'denominator'),
        ('on_time_rate', 'counted'),
        ('on_time_rate', 'denominator')
    ) AS parts (figure, part)
    LEFT JOIN met
        ON
            owed.recipient_code = met.recipient_code
            AND owed.deliverable = met.deliverable
            AND owed.period = met.period
            AND met.is_zero_report = (parts.figure = 'zero_reports')
    WHERE
        (for_figure IS NULL OR parts.figure = for_figure)
        AND CASE
            WHEN parts.figure = 'expected' THEN TRUE
            WHEN parts.figure = 'due' OR parts.part = 'denominator' THEN owed.due_at <= t
            WHEN parts.figure = 'zero_reports' THEN owed.is_zero_report
            WHEN parts.figure = 'reporting_rate' THEN owed.due_at <= t AND owed.status IN ('on_time', 'late')
            WHEN parts.figure = 'on_time_rate' THEN owed.due_at <= t AND owed.status = 'on_time'
            ELSE owed.status = parts.figure
        END
)

SELECT
    city_code,
    figure,
    part,
    part_key,
    1 AS amount,
    recipient_code,
    deliverable,
    period,
    NULL AS due_at,
    NULL AS status,
    submission_id,
    sheet,
    table_number,
    row_number,
    item_id
FROM of_recipients
UNION ALL
SELECT
    city_code,
    figure,
    part,
    part_key,
    1 AS amount,
    recipient_code,
    deliverable,
    period,
    due_at,
    status,
    submission_id,
    sheet,
    table_number,
    row_number,
    item_id
FROM of_obligations;
COMMENT ON MACRO TABLE core.reporting_parts_at IS '某一时刻参与和报送的数各由哪些单位、哪些应报项合成：计入的与作分母的';
