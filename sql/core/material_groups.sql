-- One row a combination of city, county, category, type and day that some material has or had. Key: notice_id, group_id.
-- Materials are summed by its number first, and what is distinct is counted among these few rows: a word is never compared a million
-- times.
CREATE TABLE IF NOT EXISTS core.material_groups (
    notice_id VARCHAR NOT NULL,
    group_id UBIGINT NOT NULL,
    city_code VARCHAR NOT NULL,
    county VARCHAR,
    category VARCHAR,
    material_type_code VARCHAR,
    activity_date DATE
);
COMMENT ON TABLE core.material_groups IS '材料有过的市、县、类别、类型、日期的组合';
COMMENT ON COLUMN core.material_groups.notice_id IS '通知代号';
COMMENT ON COLUMN core.material_groups.group_id IS '组合的编号';
COMMENT ON COLUMN core.material_groups.city_code IS '市代码';
COMMENT ON COLUMN core.material_groups.county IS '县（市、区）；没有写的为空';
COMMENT ON COLUMN core.material_groups.category IS '活动类别；没有写的为空';
COMMENT ON COLUMN core.material_groups.material_type_code IS '材料类型代码；没有的为空';
COMMENT ON COLUMN core.material_groups.activity_date IS '活动日期；没有写的为空';

DELETE FROM core.material_groups
WHERE
    NOT EXISTS (
        SELECT 1 FROM core.items
        WHERE material_groups.group_id = items.group_id
    );

INSERT INTO core.material_groups
SELECT DISTINCT
    items.notice_id,
    items.group_id,
    items.city_code,
    items.county,
    items.category,
    items.material_type_code,
    items.activity_date
FROM core.items
WHERE
    items.group_id IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM core.material_groups AS known
        WHERE items.group_id = known.group_id
    );
