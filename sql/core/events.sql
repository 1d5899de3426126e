-- One row a public event of a notice. Key: notice_id, event.
-- begins_at, ends_at: only where the notice says a time of day; the days alone where it says no more.
-- 取值 level：national、provincial
CREATE TABLE IF NOT EXISTS core.events (
    notice_id VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    event_name VARCHAR NOT NULL,
    level VARCHAR,
    place VARCHAR,
    first_day DATE,
    last_day DATE,
    begins_at TIMESTAMP,
    ends_at TIMESTAMP,
    organiser VARCHAR,
    live_url VARCHAR,
    page_url VARCHAR,
    position INTEGER NOT NULL
);
COMMENT ON TABLE core.events IS '通知里的全国、全省性活动';
COMMENT ON COLUMN core.events.notice_id IS '通知代号';
COMMENT ON COLUMN core.events.event IS '活动代码';
COMMENT ON COLUMN core.events.event_name IS '活动名称';
COMMENT ON COLUMN core.events.level IS '级别：national 全国、provincial 全省；通知没有分清的为空';
COMMENT ON COLUMN core.events.place IS '地点；通知没有写的为空';
COMMENT ON COLUMN core.events.first_day IS '首日；通知没有写的为空';
COMMENT ON COLUMN core.events.last_day IS '末日；通知没有写的为空';
COMMENT ON COLUMN core.events.begins_at IS '开始时刻；没有写几点的为空';
COMMENT ON COLUMN core.events.ends_at IS '结束时刻；没有写几点的为空';
COMMENT ON COLUMN core.events.organiser IS '主办；没有写的为空';
COMMENT ON COLUMN core.events.live_url IS '直播频道的网址；没有的为空';
COMMENT ON COLUMN core.events.page_url IS '活动网页的网址；没有的为空';
COMMENT ON COLUMN core.events.position IS '在通知里的次序';
