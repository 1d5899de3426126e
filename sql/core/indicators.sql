-- One row an indicator, or another column of the notice's own, of a statistics or list deliverable;
-- of a list, items counts its rows. Key: notice_id, deliverable, indicator.
CREATE TABLE IF NOT EXISTS core.indicators (
    notice_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    indicator VARCHAR NOT NULL,
    indicator_name VARCHAR NOT NULL,
    compares_with VARCHAR,
    number_type VARCHAR NOT NULL,
    is_number BOOLEAN NOT NULL,
    unit VARCHAR NOT NULL,
    places INTEGER NOT NULL,
    aggregate VARCHAR NOT NULL,
    weight VARCHAR,
    identity_place INTEGER,
    position INTEGER NOT NULL
);
COMMENT ON TABLE core.indicators IS '统计表、清单的指标和其他自定的列';
COMMENT ON COLUMN core.indicators.notice_id IS '通知代号';
COMMENT ON COLUMN core.indicators.deliverable IS '事项代码';
COMMENT ON COLUMN core.indicators.indicator IS '指标代码';
COMMENT ON COLUMN core.indicators.indicator_name IS '指标名称';
COMMENT ON COLUMN core.indicators.compares_with IS '与每日材料的哪个数对照：events、materials、participants、online_views；不对照的为空';
COMMENT ON COLUMN core.indicators.identity_place IS '清单里认得出是哪一条的列，从 0 起；别的为空';
COMMENT ON COLUMN core.indicators.position IS '次序';
COMMENT ON COLUMN core.indicators.number_type IS '列的种类：count 整数、decimal 小数、percent 百分数、money 金额；text、date、choice、yes_no、phone、email、url 不是数';
COMMENT ON COLUMN core.indicators.is_number IS '是否数：不是数的列不汇总';
COMMENT ON COLUMN core.indicators.unit IS '数的单位；没有写的为空串';
COMMENT ON COLUMN core.indicators.places IS '记到几位小数：存的是最小单位的整数，金额为分';
COMMENT ON COLUMN core.indicators.aggregate IS '怎么汇总：sum 相加、mean 平均、weighted 加权平均、min 最小、max 最大、last 最后报来的、none 不汇总';
COMMENT ON COLUMN core.indicators.weight IS '加权平均的权数是哪一项；不是加权平均的为空';
