-- One row a city's figure that differs between two moments (t1 before t2), with what moved it. Key: city_code, figure.
-- receipts: what was received in (t1, t2] and moved it, each with its change (of a rate: NULL). time_change is what fell
-- due in between moved, decision_change what people decided in between moved (decisions lists these). For counts,
-- difference = Σ receipts.change + time_change + decision_change; raised and lowered are its two halves,
-- so that a correction that lowers a figure shows although more came in. A rate that was or became NULL has no difference.
-- 指标 difference：后一刻的值减前一刻的值 | 分母：不适用 | 空值：率在两刻之一没有分母时为空
-- 指标 raised：其中升了多少 | 分母：不适用 | 空值：率为空
-- 指标 lowered：其中降了多少（更正、撤回） | 分母：不适用 | 空值：率为空
-- 指标 time_change：其中因到期变了多少 | 分母：不适用 | 空值：率为空
-- 指标 decision_change：其中因人的决定变了多少 | 分母：不适用 | 空值：率为空
-- 指标 receipt_count：多少份收件使它变了 | 分母：不适用 | 空值：不会为空
-- 示例 哪些数变了，升降各多少
--   SELECT city, figure, value_before, value_after, difference, raised, lowered, time_change, decision_change, receipt_count
--   FROM marts.changes_between($notice, $t1, $t2)
-- 示例 哪些文件使参与人数变小了
--   SELECT changes.city, listed.receipt.path, listed.receipt.change
--   FROM marts.changes_between($notice, $t1, $t2) AS changes, unnest(changes.receipts) AS listed(receipt)
--   WHERE changes.figure = 'participants' AND listed.receipt.change < 0
CREATE OR REPLACE MACRO marts.changes_between(notice, t1, t2) AS TABLE
WITH
moved AS (
    SELECT
        now_figures.city_code,
        now_figures.city,
        now_figures.figure,
        then_figures.value AS value_before,
        now_figures.value AS value_after,
        now_figures.value - then_figures.value AS difference,
        ends_with(now_figures.figure, '_rate') OR ends_with(now_figures.figure, '_coverage') AS is_rate
    FROM marts.figures_as_of(notice, t2) AS now_figures
    INNER JOIN marts.figures_as_of(notice, t1) AS then_figures
        ON now_figures.city_code = then_figures.city_code AND now_figures.figure = then_figures.figure
    WHERE now_figures.value IS DISTINCT FROM then_figures.value
),

changes AS (
    SELECT
        changes.city_code,
        changes.figure,
        changes.part_key,
        changes.change,
        changes.is_time,
        changes.moved_by
    FROM core.part_changes_between(notice, t1, t2) AS changes
    WHERE changes.figure IN (SELECT moved.figure FROM moved)
),

totals AS (
    SELECT
        city_code,
        figure,
        sum(greatest(change, 0)) AS raised,
        sum(least(change, 0)) AS lowered,
        coalesce(sum(change) FILTER (is_time), 0) AS time_change,
        coalesce(sum(change) FILTER (NOT is_time AND moved_by IS NULL), 0) AS decision_change,
        bool_or(NOT is_time AND moved_by IS NULL) AS is_decided,
        count(DISTINCT part_key) FILTER (is_time) AS fallen_due
    FROM changes
    GROUP BY ALL
),

taken AS (
    SELECT list(decisions.decision_id ORDER BY decisions.position) AS decisions
    FROM core.decisions
    WHERE decisions.notice_id = notice AND decisions.decided_at > t1 AND decisions.decided_at <= t2
),

by_receipt AS (
    SELECT
        changes.city_code,
        changes.figure,
        submissions.submission_id,
        submissions.receipt_id,
        submissions.path,
        submissions.received_at,
        sum(changes.change) AS change
    FROM changes
    INNER JOIN core.submissions ON changes.moved_by = submissions.submission_id
    GROUP BY ALL
),

listed AS (
    SELECT
        by_receipt.city_code,
        by_receipt.figure,
        list(
            {
                'path': by_receipt.path,
                'receipt_id': by_receipt.receipt_id,
                'submission_id': by_receipt.submission_id,
                'received_at': by_receipt.received_at,
                'change': CASE WHEN NOT moved.is_rate THEN by_receipt.change::BIGINT END
            }
            ORDER BY by_receipt.received_at, by_receipt.path
        ) AS receipts
    FROM by_receipt
    INNER JOIN moved ON by_receipt.city_code = moved.city_code AND by_receipt.figure = moved.figure
    GROUP BY ALL
)

SELECT
    moved.city_code,
    moved.city,
    moved.figure,
    moved.value_before,
    moved.value_after,
    moved.difference,
    CASE WHEN NOT moved.is_rate THEN totals.raised::BIGINT END AS raised,
    CASE WHEN NOT moved.is_rate THEN totals.lowered::BIGINT END AS lowered,
    CASE WHEN NOT moved.is_rate THEN totals.time_change::BIGINT END AS time_change,
    totals.fallen_due,
    CASE WHEN NOT moved.is_rate THEN totals.decision_change::BIGINT END AS decision_change,
    CASE WHEN totals.is_decided THEN taken.decisions END AS decisions,
    coalesce(len(listed.receipts), 0) AS receipt_count,
    listed.receipts
FROM moved
CROSS JOIN taken
LEFT JOIN totals ON moved.city_code = totals.city_code AND moved.figure = totals.figure
LEFT JOIN listed ON moved.city_code = listed.city_code AND moved.figure = listed.figure
LEFT JOIN core.cities ON cities.notice_id = notice AND moved.city_code = cities.city_code
ORDER BY cities.position, moved.figure;
COMMENT ON MACRO TABLE marts.changes_between IS '两个时刻之间各市哪些数变了，从多少到多少，被哪些文件或因到期改变';
