-- One row a deliverable of a notice. Key: notice_id, deliverable.
CREATE TABLE IF NOT EXISTS core.deliverables (
    notice_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    deliverable_name VARCHAR NOT NULL,
    is_optional BOOLEAN NOT NULL,
    if_submitted VARCHAR,
    position INTEGER NOT NULL,
    is_undated BOOLEAN NOT NULL,
    attachments_at_least INTEGER,
    attachments_of VARCHAR,
    within_hours INTEGER,
    event_owed_by VARCHAR[],
    channel_sources VARCHAR[]
);
COMMENT ON TABLE core.deliverables IS '报送事项';
COMMENT ON COLUMN core.deliverables.notice_id IS '通知代号';
COMMENT ON COLUMN core.deliverables.deliverable IS '事项代码';
COMMENT ON COLUMN core.deliverables.kind IS '种类';
COMMENT ON COLUMN core.deliverables.deliverable_name IS '名称';
COMMENT ON COLUMN core.deliverables.is_optional IS '是否自愿报送：谁也不欠，报了的记为自愿';
COMMENT ON COLUMN core.deliverables.if_submitted IS '报了哪个事项的单位才要报它；不以此为条件的为空';
COMMENT ON COLUMN core.deliverables.position IS '次序';
COMMENT ON COLUMN core.deliverables.is_undated IS '是否分期报送而没有日期列：一份报送整个算一期';
COMMENT ON COLUMN core.deliverables.attachments_at_least IS '每期至少几个附件；没有规定的为空';
COMMENT ON COLUMN core.deliverables.attachments_of IS '哪几种附件算数，以 | 相隔：picture 图片、video 视频、document 文档；没有规定的为空';
COMMENT ON COLUMN core.deliverables.within_hours IS '遇事才报的：事情发生后几小时内报；按期报的为空';
COMMENT ON COLUMN core.deliverables.event_owed_by IS '遇事才报的：哪几类单位遇事要报；按期报的为空';
COMMENT ON COLUMN core.deliverables.channel_sources IS '规定的渠道是哪几个来源；没有规定的为空';
