-- One row a visit to the live channel or the page of an event. Key: notice_id, event, url, checked_at.
-- Copied from the registry whenever the snapshot is published: what was visited since is not in it yet. dead_since: the first
-- failed visit after the last that answered, on the newest visit alone.
-- 示例 曾经打不开的直播频道，各有几次
--   SELECT event_name, url, count(*) AS checks, count_if(NOT is_ok) AS failures
--   FROM marts.event_checks WHERE notice_id = $notice GROUP BY ALL HAVING failures > 0
CREATE OR REPLACE VIEW marts.event_checks AS
WITH visits AS (
    SELECT
        *,
        max(checked_at) FILTER (is_ok) OVER visited AS ok_at,
        row_number() OVER (visited ORDER BY checked_at DESC) = 1 AS is_last
    FROM raw.event_checks
    WINDOW visited AS (PARTITION BY notice_id, event, url)
),

failing AS (
    SELECT
        notice_id,
        event,
        url,
        min(checked_at) AS dead_since
    FROM visits
    WHERE ok_at IS NULL OR checked_at > ok_at
    GROUP BY ALL
)

SELECT
    visits.notice_id,
    visits.event,
    events.event_name,
    visits.url,
    coalesce(visits.url = events.live_url, FALSE) AS is_live,
    visits.checked_at,
    visits.status,
    visits.final_url,
    visits.title,
    visits.is_ok,
    visits.failure,
    visits.is_last AND coalesce(visits.url IN (events.live_url, events.page_url), FALSE) AS is_latest,
    CASE WHEN visits.is_last THEN failing.dead_since END AS dead_since
FROM visits
INNER JOIN core.events ON visits.notice_id = events.notice_id AND visits.event = events.event
LEFT JOIN failing
    ON visits.notice_id = failing.notice_id AND visits.event = failing.event AND visits.url = failing.url
ORDER BY visits.notice_id, events.position, visits.checked_at, visits.url;
COMMENT ON VIEW marts.event_checks IS '活动频道检查：每次访问的结果';
COMMENT ON COLUMN marts.event_checks.notice_id IS '通知代号';
COMMENT ON COLUMN marts.event_checks.event IS '活动代码';
COMMENT ON COLUMN marts.event_checks.event_name IS '活动名称';
COMMENT ON COLUMN marts.event_checks.url IS '频道或网页的网址';
COMMENT ON COLUMN marts.event_checks.is_live IS '是否现在的直播频道；否则是活动网页，或以前的网址';
COMMENT ON COLUMN marts.event_checks.checked_at IS '访问时间（通知所在时区）';
COMMENT ON COLUMN marts.event_checks.status IS 'HTTP 状态码；没有答复的为空';
COMMENT ON COLUMN marts.event_checks.final_url IS '跳转之后的网址；没有访问的为空';
COMMENT ON COLUMN marts.event_checks.title IS '网页标题；没有的为空';
COMMENT ON COLUMN marts.event_checks.is_ok IS '是否打得开：最后的状态码为 2xx';
COMMENT ON COLUMN marts.event_checks.failure IS '打不开的原因；有答复的为空';
COMMENT ON COLUMN marts.event_checks.is_latest IS '是否现在这个网址的最近一次检查';
COMMENT ON COLUMN marts.event_checks.dead_since IS '最近一次也打不开时，自哪次访问起一直打不开；打得开的、不是最近一次的为空';
