-- One row a notice. Key: notice_id.
CREATE TABLE IF NOT EXISTS core.notices (
    notice_id VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    document_number VARCHAR NOT NULL,
    issuer VARCHAR NOT NULL,
    timezone VARCHAR NOT NULL,
    opens DATE NOT NULL,
    closes DATE NOT NULL,
    event_first_day DATE,
    event_last_day DATE,
    event_days INTEGER NOT NULL,
    far_off_times DOUBLE NOT NULL,
    far_off_at_least BIGINT NOT NULL,
    reminded_in_vain INTEGER NOT NULL,
    selecting_line VARCHAR,
    is_second_opinion_asked BOOLEAN NOT NULL
);
COMMENT ON TABLE core.notices IS '通知';
COMMENT ON COLUMN core.notices.notice_id IS '通知代号';
COMMENT ON COLUMN core.notices.title IS '标题';
COMMENT ON COLUMN core.notices.document_number IS '文号';
COMMENT ON COLUMN core.notices.issuer IS '发文机关';
COMMENT ON COLUMN core.notices.timezone IS '时区';
COMMENT ON COLUMN core.notices.opens IS '开始收件日';
COMMENT ON COLUMN core.notices.closes IS '停止收件日';
COMMENT ON COLUMN core.notices.event_first_day IS '活动首日';
COMMENT ON COLUMN core.notices.event_last_day IS '活动末日';
COMMENT ON COLUMN core.notices.event_days IS '活动天数；没有活动的为 0';
COMMENT ON COLUMN core.notices.far_off_times IS '一天的数多于平常几倍的，提醒核对';
COMMENT ON COLUMN core.notices.far_off_at_least IS '不到这个数的不提醒';
COMMENT ON COLUMN core.notices.reminded_in_vain IS '催过几次没有回音的，请人联系';
COMMENT ON COLUMN core.notices.selecting_line IS '由哪条线遴选；不遴选的为空';
COMMENT ON COLUMN core.notices.is_second_opinion_asked IS '是否要两个人都选了才算入选';
