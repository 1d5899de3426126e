-- One row a city of a notice, and one for the province's own units where it has any. Key: notice_id, city_code.
-- position: in code order, the province's own units last. What counts cities leaves them out (is_own).
CREATE TABLE IF NOT EXISTS core.cities (
    notice_id VARCHAR NOT NULL,
    city_code VARCHAR NOT NULL,
    city VARCHAR NOT NULL,
    is_own BOOLEAN NOT NULL,
    position INTEGER NOT NULL
);
COMMENT ON TABLE core.cities IS '市';
COMMENT ON COLUMN core.cities.notice_id IS '通知代号';
COMMENT ON COLUMN core.cities.city_code IS '区划代码';
COMMENT ON COLUMN core.cities.city IS '市名';
COMMENT ON COLUMN core.cities.is_own IS '是否是不属于哪个市的单位（省直）那一行';
COMMENT ON COLUMN core.cities.position IS '次序：按区划代码，省直在最后';
