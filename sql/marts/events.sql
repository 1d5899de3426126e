-- One row a public event of a notice, with what its live channel and its page answered last. Key: notice_id, event.
-- 取值 live_state：打得开、打不开、还没有访问
-- 取值 page_state：打得开、打不开、还没有访问
-- 示例 全国、全省性活动的日程和直播频道
--   SELECT level_name, event_name, place, first_day, last_day, live_url, live_state FROM marts.events WHERE notice_id = $notice
CREATE OR REPLACE VIEW marts.events AS
SELECT
    events.notice_id,
    events.event,
    events.event_name,
    events.level,
    CASE events.level WHEN 'national' THEN '全国' WHEN 'provincial' THEN '全省' END AS level_name,
    events.place,
    events.first_day,
    events.last_day,
    events.begins_at,
    events.ends_at,
    events.organiser,
    events.live_url,
    CASE
        WHEN events.live_url IS NULL THEN NULL
        WHEN live.is_ok THEN '打得开'
        WHEN live.checked_at IS NOT NULL THEN '打不开'
        ELSE '还没有访问'
    END AS live_state,
    live.checked_at AS live_checked_at,
    live.failure AS live_failure,
    live.dead_since AS live_dead_since,
    events.page_url,
    CASE
        WHEN events.page_url IS NULL THEN NULL
        WHEN page.is_ok THEN '打得开'
        WHEN page.checked_at IS NOT NULL THEN '打不开'
        ELSE '还没有访问'
    END AS page_state,
    page.checked_at AS page_checked_at
FROM core.events
LEFT JOIN marts.event_checks AS live
    ON
        events.notice_id = live.notice_id
        AND events.event = live.event
        AND events.live_url = live.url
        AND live.is_latest
LEFT JOIN marts.event_checks AS page
    ON
        events.notice_id = page.notice_id
        AND events.event = page.event
        AND events.page_url = page.url
        AND page.is_latest
ORDER BY events.notice_id, events.first_day NULLS LAST, events.position;
COMMENT ON VIEW marts.events IS '通知里的全国、全省性活动：何时何地，直播频道打不打得开';
COMMENT ON COLUMN marts.events.notice_id IS '通知代号';
COMMENT ON COLUMN marts.events.event IS '活动代码';
COMMENT ON COLUMN marts.events.event_name IS '活动名称';
COMMENT ON COLUMN marts.events.level IS '级别：national 全国、provincial 全省；通知没有分清的为空';
COMMENT ON COLUMN marts.events.level_name IS '级别：全国、全省；通知没有分清的为空';
COMMENT ON COLUMN marts.events.place IS '地点；通知没有写的为空';
COMMENT ON COLUMN marts.events.first_day IS '首日；通知没有写的为空';
COMMENT ON COLUMN marts.events.last_day IS '末日；通知没有写的为空';
COMMENT ON COLUMN marts.events.begins_at IS '开始时刻；没有写几点的为空';
COMMENT ON COLUMN marts.events.ends_at IS '结束时刻；没有写几点的为空';
COMMENT ON COLUMN marts.events.organiser IS '主办；没有写的为空';
COMMENT ON COLUMN marts.events.live_url IS '直播频道的网址；没有的为空';
COMMENT ON COLUMN marts.events.live_state IS '直播频道：打得开、打不开、还没有访问；没有频道的为空';
COMMENT ON COLUMN marts.events.live_checked_at IS '直播频道最近一次访问；没有访问的为空';
COMMENT ON COLUMN marts.events.live_failure IS '直播频道打不开的原因；其余为空';
COMMENT ON COLUMN marts.events.live_dead_since IS '直播频道自哪次访问起一直打不开；打得开的为空';
COMMENT ON COLUMN marts.events.page_url IS '活动网页的网址；没有的为空';
COMMENT ON COLUMN marts.events.page_state IS '活动网页：打得开、打不开、还没有访问；没有的为空';
COMMENT ON COLUMN marts.events.page_checked_at IS '活动网页最近一次访问；没有访问的为空';
