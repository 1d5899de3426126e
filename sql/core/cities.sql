-- One row a city of a notice. Key: notice_id, city_code.
CREATE TABLE IF NOT EXISTS core.cities (
    notice_id VARCHAR NOT NULL,
    city_code VARCHAR NOT NULL,
    city VARCHAR NOT NULL
);
COMMENT ON TABLE core.cities IS '市';
COMMENT ON COLUMN core.cities.notice_id IS '通知代号';
COMMENT ON COLUMN core.cities.city_code IS '区划代码';
COMMENT ON COLUMN core.cities.city IS '市名';
