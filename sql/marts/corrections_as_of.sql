-- One row a cell that a later receipt or a decision changed by a moment, old and new: of rows that counted before and were taken
-- the place of, or away. Key: recipient_code, deliverable, item_key, changed_at, place, column_name, indicator.
-- change: changed (another value), removed (the row counts no more; each of its cells is a row here), added (a further row of the
-- same identity). Rows that were sent again with the same values change nothing and are not here; nor is what was new.
-- 指标 difference：value_after 减 value_before，只有人数、人次和统计指标有；行被取消的，后值按 0 计 | 分母：不适用 | 空值：不是数的列为空
-- 指标 is_after_due：是否在该期截止之后才改 | 分母：不适用 | 空值：不属任何一期、没有应报的为空
-- 取值 change：changed、removed、added
-- 示例 截止以后改小了参与人数的，谁、哪一行、从多少到多少
--   SELECT recipient, period, title, value_before, value_after, difference, path_after, changed_at
--   FROM marts.corrections_as_of($notice, $t)
--   WHERE column_name = 'participants' AND difference < 0 AND is_after_due
-- 示例 改得最多的是哪一列
--   SELECT column_name, change, count(*) AS cells FROM marts.corrections_as_of($notice, $t) GROUP BY ALL ORDER BY cells DESC
CREATE OR REPLACE MACRO marts.corrections_as_of(notice, t) AS TABLE
SELECT
    cells.changed_at,
    cells.recipient_code,
    recipients.recipient,
    recipients.city_code,
    cities.city,
    cells.deliverable,
    deliverables.deliverable_name,
    cells.period,
    cells.item_key,
    cells.place,
    cells.title,
    cells.change,
    cells.column_name,
    cells.indicator,
    cells.value_before,
    cells.value_after,
    CASE
        WHEN cells.column_name IN ('participants', 'online_views', 'value')
            THEN
                coalesce(try_cast(cells.value_after AS DOUBLE), 0)
                - coalesce(try_cast(cells.value_before AS DOUBLE), 0)
    END AS difference,
    duties.due_at,
    cells.changed_at > duties.due_at AS is_after_due,
    cells.decision_id,
    cells.submission_id,
    cells.receipt_id,
    cells.path_after,
    cells.sheet_after,
    cells.row_after,
    cells.path_before,
    cells.sheet_before,
    cells.row_before
FROM core.cell_changes AS cells
INNER JOIN core.recipients_at(notice, t) AS recipients
    ON cells.notice_id = recipients.notice_id AND cells.recipient_code = recipients.recipient_code
INNER JOIN core.deliverables
    ON cells.notice_id = deliverables.notice_id AND cells.deliverable = deliverables.deliverable
LEFT JOIN core.cities ON recipients.notice_id = cities.notice_id AND recipients.city_code = cities.city_code
LEFT JOIN core.duties_at(notice, t) AS duties
    ON
        cells.recipient_code = duties.recipient_code
        AND cells.deliverable = duties.deliverable
        AND cells.period = duties.period
WHERE cells.notice_id = notice AND cells.changed_at <= t
ORDER BY
    cells.changed_at,
    recipients.position,
    cells.item_key,
    cells.place,
    cells.column_name,
    cells.indicator;
COMMENT ON MACRO TABLE marts.corrections_as_of IS '更正：到某一刻为止哪一格从什么改成了什么，被哪份收件或决定改的，在截止之前还是之后';
