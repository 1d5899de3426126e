-- One row a city and material type as of the notice's last scan. Key: notice_id, city_code, material_type_code. Defined in city_materials_by_type_as_of.
CREATE OR REPLACE VIEW marts.city_materials_by_type AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.city_code,
    latest.city,
    latest.material_type_code,
    latest.material_type,
    latest.materials
FROM core.last_scans
CROSS JOIN LATERAL marts.city_materials_by_type_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.city_materials_by_type IS '各市各类材料最新的数量';
COMMENT ON COLUMN marts.city_materials_by_type.notice_id IS '通知代号';
COMMENT ON COLUMN marts.city_materials_by_type.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.city_materials_by_type.city_code IS '区划代码';
COMMENT ON COLUMN marts.city_materials_by_type.city IS '市';
COMMENT ON COLUMN marts.city_materials_by_type.material_type_code IS '材料类型代码';
COMMENT ON COLUMN marts.city_materials_by_type.material_type IS '材料类型';
COMMENT ON COLUMN marts.city_materials_by_type.materials IS '这一类的材料条数，零报告不算';
