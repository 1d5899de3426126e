-- One row a received data row or document, and one a file without any, with what had become of it at a moment.
-- Key: submission_id, table_number, row_number (NULL: the file without any). What arrived later is listed too, as not_yet.
-- row_end: counted, zero_report (valid, no material), replaced (a later file, a later version of its path or a corrected
-- answer took its place), duplicate_row (equal to one above it in its file), rejected, duplicate, not_yet, attachment,
-- withdrawn (a person took it back, or gave its file to another unit), ignored. A row that a person accepted is told by what
-- became of it since. city_code is where the unit lay when it came; NULL where whose it is is unknown.
-- for_city leaves out what is of units that never lay there; NULL means every city.
CREATE OR REPLACE MACRO core.row_ends_at(notice, t, for_city) AS TABLE
WITH
sent AS (
    SELECT
        submissions.*,
        stays.city_code
    FROM core.submissions
    LEFT JOIN core.recipient_stays AS stays
        ON
            submissions.notice_id = stays.notice_id
            AND submissions.recipient_code = stays.recipient_code
            AND submissions.received_at::DATE >= stays.first_day
            AND submissions.received_at::DATE < stays.next_day
    WHERE
        submissions.notice_id = notice
        AND submissions.state <> 'superseded'
        AND (
            for_city IS NULL
            OR submissions.recipient_code IN (
                SELECT lain.recipient_code FROM core.recipient_stays AS lain
                WHERE lain.notice_id = notice AND lain.city_code = for_city
            )
        )
),

held AS (
    SELECT
        rows.submission_id,
        rows.deliverable,
        rows.sheet,
        rows.table_number,
        rows.row_number
    FROM raw.rows
    WHERE rows.notice_id = notice
    UNION ALL
    SELECT
        sent.submission_id,
        sent.document AS deliverable,
        '' AS sheet,
        0 AS table_number,
        0 AS row_number
    FROM sent
    WHERE sent.document IS NOT NULL
    UNION ALL
    SELECT
        sent.submission_id,
        sent.deliverable,
        NULL AS sheet,
        NULL AS table_number,
        NULL AS row_number
    FROM sent
    WHERE sent.row_count = 0 AND sent.document IS NULL
),

faults AS (
    SELECT
        verdicts.submission_id,
        verdicts.table_number,
        verdicts.row_number,
        string_agg(verdicts.reason, '|' ORDER BY verdicts.fault_number) AS reasons,
        string_agg(verdicts.sentence, ' ' ORDER BY verdicts.fault_number) AS explanation
    FROM raw.verdicts
    WHERE verdicts.notice_id = notice AND verdicts.severity = 'error'
    GROUP BY ALL
),

row_dates AS (
    SELECT
        materials.submission_id,
        materials.table_number,
        materials.row_number,
        materials.activity_date AS row_date,
        NULL AS event,
        materials.title,
        concat_ws(chr(31), materials.activity_date, materials.material_type, materials.title) AS materials_key
    FROM raw.materials
    WHERE materials.notice_id = notice
    UNION ALL
    SELECT DISTINCT
        statistics.submission_id,
        statistics.table_number,
        statistics.row_number,
        statistics.period_date AS row_date,
        core.event_key(statistics.occurred_at) AS event,
        NULL AS title,
        NULL AS materials_key
    FROM raw.statistics
    WHERE statistics.notice_id = notice
),

current_items AS (
    SELECT items.*
    FROM core.items
    WHERE items.notice_id = notice AND items.current_from <= t AND items.current_until > t
),

-- What was valid at some moment until then: by its last span.
known_rows AS (
    SELECT
        valid_rows.submission_id,
        valid_rows.table_number,
        valid_rows.row_number,
        bool_or(valid_rows.is_repeat) AS is_repeat,
        arg_max(CASE WHEN valid_rows.replaced_at <= t THEN valid_rows.replaced_by END, valid_rows.known_at) AS replaced_by,
        arg_max(valid_rows.is_taken_back AND valid_rows.replaced_at <= t, valid_rows.known_at) AS is_withdrawn
    FROM core.valid_rows
    WHERE valid_rows.notice_id = notice AND valid_rows.known_at <= t
    GROUP BY ALL
),

-- One file speaks for a key.
speaking AS (
    SELECT DISTINCT
        current_items.recipient_code,
        current_items.deliverable,
        current_items.item_key,
        current_items.submission_id
    FROM current_items
),

placed AS (
    SELECT
        held.*,
        sent.path,
        sent.state,
        sent.reason,
        sent.sentence,
        sent.duplicate_of,
        sent.recipient_code,
        sent.city_code,
        sent.received_at,
        deliverables.kind,
        faults.reasons,
        faults.explanation,
        row_dates.title,
        coalesce(row_dates.materials_key, row_dates.event, periods.period, row_dates.row_date::VARCHAR, '') AS item_key,
        coalesce(row_dates.event, periods.period) AS period
    FROM held
    INNER JOIN sent ON held.submission_id = sent.submission_id
    LEFT JOIN core.deliverables ON sent.notice_id = deliverables.notice_id AND held.deliverable = deliverables.deliverable
    LEFT JOIN faults
        ON
            held.submission_id = faults.submission_id
            AND held.table_number = faults.table_number
            AND held.row_number = faults.row_number
    LEFT JOIN row_dates
        ON
            held.submission_id = row_dates.submission_id
            AND held.table_number = row_dates.table_number
            AND held.row_number = row_dates.row_number
    -- What cannot be dated, because it was rejected, is of the day it arrived (core.returns).
    LEFT JOIN core.period_choices AS choices
        ON held.submission_id = choices.submission_id AND held.deliverable = choices.deliverable
    LEFT JOIN core.periods
        ON
            sent.notice_id = periods.notice_id
            AND held.deliverable = periods.deliverable
            AND (
                periods.first_day IS NULL
                OR coalesce(
                    choices.period = periods.period,
                    coalesce(
                        row_dates.row_date,
                        CASE WHEN faults.reasons IS NOT NULL OR sent.state = 'rejected' THEN sent.received_at::DATE END
                    ) BETWEEN periods.first_day AND periods.last_day
                )
            )
),

judged AS (
    SELECT
        placed.*,
        current_items.item_id,
        coalesce(
            valid_rows.replaced_by,
            successors.submission_id
        ) AS replacement,
        CASE
            WHEN placed.received_at > t THEN 'not_yet'
            WHEN placed.state IN ('ignored', 'attachment', 'duplicate') THEN placed.state
            WHEN current_items.is_zero_report THEN 'zero_report'
            WHEN current_items.item_id IS NOT NULL THEN 'counted'
            WHEN valid_rows.is_withdrawn THEN 'withdrawn'
            WHEN valid_rows.submission_id IS NULL AND (placed.reasons IS NOT NULL OR placed.state = 'rejected') THEN 'rejected'
            WHEN valid_rows.is_repeat THEN 'duplicate_row'
            ELSE 'replaced'
        END AS row_end
    FROM placed
    LEFT JOIN current_items
        ON
            placed.submission_id = current_items.submission_id
            AND placed.table_number = current_items.table_number
            AND placed.row_number = current_items.row_number
    LEFT JOIN known_rows AS valid_rows
        ON
            placed.submission_id = valid_rows.submission_id
            AND placed.table_number = valid_rows.table_number
            AND placed.row_number = valid_rows.row_number
    LEFT JOIN speaking AS successors
        ON
            placed.recipient_code = successors.recipient_code
            AND placed.deliverable = successors.deliverable
            AND placed.item_key = successors.item_key
)

SELECT
    submission_id,
    path,
    recipient_code,
    city_code,
    deliverable,
    kind,
    period,
    sheet,
    table_number,
    row_number,
    received_at,
    title,
    row_end,
    CASE WHEN row_end <> 'not_yet' THEN coalesce(reasons, reason) END AS reasons,
    CASE WHEN row_end <> 'not_yet' THEN coalesce(explanation, sentence) END AS explanation,
    CASE WHEN row_end = 'duplicate' THEN duplicate_of END AS duplicate_of,
    CASE WHEN row_end = 'replaced' THEN replacement END AS replaced_by,
    item_id
FROM judged;
COMMENT ON MACRO TABLE core.row_ends_at IS '某一时刻每个收到的行（和没有行的文件）的去向：计入、零报告、被更正、件内重复、退回、重复、尚未收到';
