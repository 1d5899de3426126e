-- One row a number that figures of a city or county are set against, as the notice's regions.csv gives it.
-- Key: notice_id, region_code, measure (people, colleges, students).
CREATE TABLE IF NOT EXISTS core.denominators (
    notice_id VARCHAR NOT NULL,
    region_code VARCHAR NOT NULL,
    measure VARCHAR NOT NULL,
    amount BIGINT NOT NULL
);
COMMENT ON TABLE core.denominators IS '参照的分母：各市、县的人口、院校数、在校学生数，通知的 regions.csv 给出的';
COMMENT ON COLUMN core.denominators.notice_id IS '通知代号';
COMMENT ON COLUMN core.denominators.region_code IS '市或县的区划代码';
COMMENT ON COLUMN core.denominators.measure IS 'people 人口、colleges 院校数、students 在校学生数';
COMMENT ON COLUMN core.denominators.amount IS '多少';
