-- One row a combination of city, county, category, type and day that some material has or had. Key: notice_id, group_number.
-- Materials are summed by its number first, and what is distinct is counted among these few rows: a word is never compared a million
-- times. Numbers go on from the largest, over all notices, so that they stay small: DuckDB sums by a small number without hashing it
-- (snapshot.py, perfect_ht_threshold). Which number a combination has depends on what arrived first; nothing else may be read from it.
CREATE TABLE IF NOT EXISTS core.material_groups (
    notice_id VARCHAR NOT NULL,
    group_number INTEGER NOT NULL,
    city_code VARCHAR NOT NULL,
    county VARCHAR,
    category VARCHAR,
    material_type_code VARCHAR,
    activity_date DATE
);
COMMENT ON TABLE core.material_groups IS '材料有过的市、县、类别、类型、日期的组合';
COMMENT ON COLUMN core.material_groups.notice_id IS '通知代号';
COMMENT ON COLUMN core.material_groups.group_number IS '组合的编号，各通知不重；先到的先编';
COMMENT ON COLUMN core.material_groups.city_code IS '市代码';
COMMENT ON COLUMN core.material_groups.county IS '县（市、区）；没有写的为空';
COMMENT ON COLUMN core.material_groups.category IS '活动类别；没有写的为空';
COMMENT ON COLUMN core.material_groups.material_type_code IS '材料类型代码；没有的为空';
COMMENT ON COLUMN core.material_groups.activity_date IS '活动日期；没有写的为空';

DELETE FROM core.material_groups
WHERE
    NOT EXISTS (
        SELECT 1 FROM core.items
        WHERE material_groups.group_number = items.group_number
    );

INSERT INTO core.material_groups
WITH
unnumbered AS (
    SELECT DISTINCT
        items.notice_id,
        items.city_code,
        items.county,
        items.category,
        items.material_type_code,
        items.activity_date
    FROM core.items
    WHERE items.group_number IS NULL AND items.kind = 'materials' AND NOT items.is_zero_report
),

used AS (SELECT coalesce(max(material_groups.group_number), 0) AS up_to FROM core.material_groups)

SELECT
    found.notice_id,
    used.up_to + row_number() OVER (
        ORDER BY
            found.notice_id,
            found.city_code,
            found.county,
            found.category,
            found.material_type_code,
            found.activity_date
    ) AS group_number,
    found.city_code,
    found.county,
    found.category,
    found.material_type_code,
    found.activity_date
FROM unnumbered AS found
CROSS JOIN used
WHERE
    NOT EXISTS (
        SELECT 1 FROM core.material_groups AS known
        WHERE
            found.notice_id = known.notice_id
            AND found.city_code = known.city_code
            AND found.county IS NOT DISTINCT FROM known.county
            AND found.category IS NOT DISTINCT FROM known.category
            AND found.material_type_code IS NOT DISTINCT FROM known.material_type_code
            AND found.activity_date IS NOT DISTINCT FROM known.activity_date
    );

UPDATE core.items
SET group_number = groups.group_number
FROM core.material_groups AS groups
WHERE
    items.group_number IS NULL
    AND items.kind = 'materials'
    AND NOT items.is_zero_report
    AND items.notice_id = groups.notice_id
    AND items.city_code = groups.city_code
    AND items.county IS NOT DISTINCT FROM groups.county
    AND items.category IS NOT DISTINCT FROM groups.category
    AND items.material_type_code IS NOT DISTINCT FROM groups.material_type_code
    AND items.activity_date IS NOT DISTINCT FROM groups.activity_date;
