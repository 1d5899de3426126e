-- One row a county of a notice. Key: notice_id, county_code.
CREATE TABLE IF NOT EXISTS core.counties (
    notice_id VARCHAR NOT NULL,
    county_code VARCHAR NOT NULL,
    county VARCHAR NOT NULL,
    city_code VARCHAR NOT NULL,
    people BIGINT
);
COMMENT ON TABLE core.counties IS '县（市、区）';
COMMENT ON COLUMN core.counties.notice_id IS '通知代号';
COMMENT ON COLUMN core.counties.county_code IS '区划代码';
COMMENT ON COLUMN core.counties.county IS '县名';
COMMENT ON COLUMN core.counties.city_code IS '所属市代码';
COMMENT ON COLUMN core.counties.people IS '人口；regions.csv 没有写的为空';
