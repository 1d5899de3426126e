-- One row a day of a notice, from its first day to its last or to the last due moment, whichever is later. Key: notice_id, day.
-- 示例 哪天有什么到期
--   SELECT day, due_deliverables, due_obligations FROM marts.calendar WHERE notice_id = $notice AND due_obligations > 0
CREATE OR REPLACE VIEW marts.calendar AS
WITH
due AS (
    SELECT
        obligations.notice_id,
        obligations.due_at::DATE AS day,
        count(*) AS due_obligations,
        list(DISTINCT deliverables.deliverable_name ORDER BY deliverables.deliverable_name) AS due_deliverables
    FROM core.latest_duties AS obligations
    INNER JOIN core.deliverables
        ON obligations.notice_id = deliverables.notice_id AND obligations.deliverable = deliverables.deliverable
    WHERE obligations.exemption_reason IS NULL
    GROUP BY ALL
),

last_due AS (
    SELECT
        due.notice_id,
        max(due.day) AS day
    FROM due
    GROUP BY ALL
),

spans AS (
    SELECT
        notices.*,
        greatest(notices.closes, last_due.day) AS last_day
    FROM core.notices
    LEFT JOIN last_due ON notices.notice_id = last_due.notice_id
),

days AS (
    SELECT
        spans.*,
        unnest(generate_series(spans.opens::TIMESTAMP, spans.last_day::TIMESTAMP, INTERVAL '1 day'))::DATE AS day
    FROM spans
)

SELECT
    days.notice_id,
    days.day,
    isodow(days.day) AS weekday,
    days.day <= days.closes AS is_open,
    coalesce(days.day BETWEEN days.event_first_day AND days.event_last_day, FALSE) AS is_event_day,
    CASE
        WHEN days.day BETWEEN days.event_first_day AND days.event_last_day THEN date_diff('day', days.event_first_day, days.day) + 1
    END AS event_day_number,
    coalesce(due.due_obligations, 0) AS due_obligations,
    coalesce(due.due_deliverables, []) AS due_deliverables
FROM days
LEFT JOIN due ON days.notice_id = due.notice_id AND days.day = due.day
ORDER BY days.notice_id, days.day;
COMMENT ON VIEW marts.calendar IS '日历：收件期内的每一天，及当天有什么到期';
COMMENT ON COLUMN marts.calendar.notice_id IS '通知代号';
COMMENT ON COLUMN marts.calendar.day IS '日期';
COMMENT ON COLUMN marts.calendar.weekday IS '星期：1 为星期一，7 为星期日';
COMMENT ON COLUMN marts.calendar.is_open IS '是否在收件期内；停止收件后因延期等仍有到期的日子为否';
COMMENT ON COLUMN marts.calendar.is_event_day IS '是否活动日';
COMMENT ON COLUMN marts.calendar.event_day_number IS '活动第几天，从 1 起；不是活动日的为空';
COMMENT ON COLUMN marts.calendar.due_obligations IS '当天到期的应报项数，免报的不算';
COMMENT ON COLUMN marts.calendar.due_deliverables IS '当天到期的事项名称（列表）';
