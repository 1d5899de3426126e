-- The number of what a material is counted as: rows of one notice, city, county, category, type and day have the same, others another
-- (core.material_groups). NULL for what is no material, and for zero reports.
CREATE OR REPLACE MACRO core.group_id(
    notice_id, kind, is_zero_report, city_code, county, category, material_type_code, activity_date
) AS
CASE
    WHEN kind = 'materials' AND NOT is_zero_report
        THEN hash(notice_id, city_code, county, category, material_type_code, activity_date)
END;
COMMENT ON MACRO core.group_id IS '材料按什么计数：市、县、类别、类型、日期都相同的同号';
