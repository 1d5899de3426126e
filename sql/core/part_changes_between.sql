-- One row a part of a city's figure that differs between two moments (t1 before t2), with what moved it. Key: city_code,
-- figure, part, part_key. change is amount at t2 minus amount at t1.
-- moved_by: the submission, received in (t1, t2], whose row counts now or ended what counted before; NULL where time
-- passed (is_time: the obligation fell due in (t1, t2]).
CREATE OR REPLACE MACRO core.part_changes_between(notice, t1, t2) AS TABLE
WITH
parts_before AS (
    SELECT
        parts.city_code,
        parts.figure,
        parts.part,
        parts.part_key,
        sum(parts.amount) AS amount,
        any_value(parts.recipient_code) AS recipient_code,
        any_value(parts.deliverable) AS deliverable,
        any_value(parts.period) AS period,
        any_value(parts.due_at) AS due_at,
        arg_max(parts.item_id, parts.amount) AS item_id
    FROM marts.figure_parts_as_of(notice, t1) AS parts
    GROUP BY parts.city_code, parts.figure, parts.part, parts.part_key
),

parts_after AS (
    SELECT
        parts.city_code,
        parts.figure,
        parts.part,
        parts.part_key,
        sum(parts.amount) AS amount,
        any_value(parts.recipient_code) AS recipient_code,
        any_value(parts.deliverable) AS deliverable,
        any_value(parts.period) AS period,
        any_value(parts.due_at) AS due_at,
        arg_max(parts.item_id, parts.amount) AS item_id
    FROM marts.figure_parts_as_of(notice, t2) AS parts
    GROUP BY parts.city_code, parts.figure, parts.part, parts.part_key
),

changed AS (
    SELECT
        coalesce(parts_after.city_code, parts_before.city_code) AS city_code,
        coalesce(parts_after.figure, parts_before.figure) AS figure,
        coalesce(parts_after.part, parts_before.part) AS part,
        coalesce(parts_after.part_key, parts_before.part_key) AS part_key,
        coalesce(parts_after.recipient_code, parts_before.recipient_code) AS recipient_code,
        coalesce(parts_after.deliverable, parts_before.deliverable) AS deliverable,
        coalesce(parts_after.period, parts_before.period) AS period,
        coalesce(parts_after.due_at, parts_before.due_at) AS due_at,
        coalesce(parts_after.amount, 0) - coalesce(parts_before.amount, 0) AS change,
        parts_before.item_id AS item_before,
        parts_after.item_id AS item_after
    FROM parts_before
    FULL OUTER JOIN parts_after
        ON
            parts_before.city_code = parts_after.city_code
            AND parts_before.figure = parts_after.figure
            AND parts_before.part = parts_after.part
            AND parts_before.part_key = parts_after.part_key
    WHERE coalesce(parts_after.amount, 0) <> coalesce(parts_before.amount, 0)
),

-- Rows of an obligation that began to count, or ceased to, in between.
arrivals AS (
    SELECT
        items.recipient_code,
        items.deliverable,
        items.period,
        min_by(items.submission_id, (items.received_at, items.item_id)) AS first_any,
        min_by(items.submission_id, (items.received_at, items.item_id)) FILTER (
            NOT items.is_zero_report AND NOT deliverables.is_optional
        ) AS first_material,
        min(items.received_at) AS first_at
    FROM core.items
    INNER JOIN core.deliverables ON items.notice_id = deliverables.notice_id AND items.deliverable = deliverables.deliverable
    WHERE items.notice_id = notice AND items.received_at > t1 AND items.received_at <= t2
    GROUP BY ALL
),

-- What ended a row that counted at t1: the next file with its key, or the next version of its path or form answer.
endings AS (
    SELECT
        ended.item_id,
        coalesce(
            min(valid_rows.replaced_by) FILTER (valid_rows.replaced_at = ended.current_until),
            min(successors.submission_id)
        ) AS submission_id
    FROM core.items AS ended
    LEFT JOIN core.items AS successors
        ON
            ended.notice_id = successors.notice_id
            AND ended.recipient_code = successors.recipient_code
            AND ended.deliverable = successors.deliverable
            AND ended.item_key = successors.item_key
            AND ended.current_until = successors.received_at
            AND ended.current_until = successors.current_from
    LEFT JOIN core.valid_rows
        ON
            ended.submission_id = valid_rows.submission_id
            AND ended.table_number = valid_rows.table_number
            AND ended.row_number = valid_rows.row_number
    WHERE ended.notice_id = notice AND ended.current_from <= t1 AND ended.current_until > t1 AND ended.current_until <= t2
    GROUP BY ended.item_id
),

lost_obligations AS (
    SELECT
        items.recipient_code,
        items.deliverable,
        items.period,
        max_by(endings.submission_id, (items.current_until, items.item_id)) AS submission_id
    FROM core.items
    INNER JOIN endings ON items.item_id = endings.item_id
    WHERE items.notice_id = notice AND items.period IS NOT NULL
    GROUP BY ALL
),

new_items AS (
    SELECT DISTINCT
        items.item_id,
        items.submission_id
    FROM core.items
    WHERE items.notice_id = notice AND items.received_at > t1 AND items.received_at <= t2
),

judged AS (
    SELECT
        changed.*,
        new_items.submission_id AS new_submission_id,
        endings.submission_id AS ending_submission_id,
        arrivals.first_any,
        arrivals.first_material,
        lost_obligations.submission_id AS lost_submission_id,
        coalesce(changed.due_at > t1 AND changed.due_at <= t2, FALSE)
        AND (
            changed.figure = 'due'
            OR changed.part = 'denominator'
            OR changed.figure IN ('missing', 'reporting_rate', 'on_time_rate') AND changed.change > 0
            OR changed.figure = 'pending' AND changed.change < 0 AND (arrivals.first_at > changed.due_at) IS NOT FALSE
        ) AS is_time
    FROM changed
    LEFT JOIN new_items ON changed.item_after = new_items.item_id
    LEFT JOIN endings ON changed.item_before = endings.item_id
    LEFT JOIN arrivals
        ON
            changed.recipient_code = arrivals.recipient_code
            AND changed.deliverable = arrivals.deliverable
            AND changed.period = arrivals.period
    LEFT JOIN lost_obligations
        ON
            changed.recipient_code = lost_obligations.recipient_code
            AND changed.deliverable = lost_obligations.deliverable
            AND changed.period = lost_obligations.period
)

SELECT
    city_code,
    figure,
    part,
    part_key,
    change,
    is_time,
    CASE
        WHEN is_time THEN NULL
        WHEN figure = 'zero_reports' AND change < 0 THEN coalesce(first_material, lost_submission_id)
        WHEN due_at IS NULL THEN coalesce(new_submission_id, ending_submission_id)
        ELSE coalesce(new_submission_id, CASE WHEN change > 0 OR figure IN ('missing', 'pending') THEN first_any END, lost_submission_id)
    END AS moved_by
FROM judged;
COMMENT ON MACRO TABLE core.part_changes_between IS '两个时刻之间各市每个数的哪些组成变了，被哪个文件或因到期';
