-- One row an accepted row with values of the columns that materials have; NULL where none was given. Key: submission_id,
-- table_number, row_number.
CREATE OR REPLACE VIEW core.accepted_materials AS
SELECT
    given.submission_id,
    given.table_number,
    given.row_number,
    max(given.value) FILTER (given.column_name = 'activity_date')::DATE AS activity_date,
    max(given.value) FILTER (given.column_name = 'period_date')::DATE AS period_date,
    max(given.value) FILTER (given.column_name = 'occurred_at')::TIMESTAMP AS occurred_at,
    max(given.value) FILTER (given.column_name = 'material_type') AS material_type,
    max(given.value) FILTER (given.column_name = 'title') AS title,
    max(given.value) FILTER (given.column_name = 'category') AS category,
    max(given.value) FILTER (given.column_name = 'theme') AS theme,
    max(given.value) FILTER (given.column_name = 'county') AS county,
    max(given.value) FILTER (given.column_name = 'link') AS link,
    max(given.value) FILTER (given.column_name = 'participants')::BIGINT AS participants,
    max(given.value) FILTER (given.column_name = 'online_views')::BIGINT AS online_views
FROM core.accepted_values AS given
GROUP BY ALL;
COMMENT ON VIEW core.accepted_materials IS '准予计入的材料行里由人补上的值，一行一条';
COMMENT ON COLUMN core.accepted_materials.submission_id IS '报送件编号';
COMMENT ON COLUMN core.accepted_materials.table_number IS '第几张表';
COMMENT ON COLUMN core.accepted_materials.row_number IS '在表中的行号';
COMMENT ON COLUMN core.accepted_materials.activity_date IS '活动日期；没有补的为空';
COMMENT ON COLUMN core.accepted_materials.period_date IS '所属期内的一天；没有补的为空';
COMMENT ON COLUMN core.accepted_materials.occurred_at IS '所报的事何时发生；没有补的为空';
COMMENT ON COLUMN core.accepted_materials.material_type IS '材料类型；没有补的为空';
COMMENT ON COLUMN core.accepted_materials.title IS '标题；没有补的为空';
COMMENT ON COLUMN core.accepted_materials.category IS '活动类别；没有补的为空';
COMMENT ON COLUMN core.accepted_materials.theme IS '宣传主题；没有补的为空';
COMMENT ON COLUMN core.accepted_materials.county IS '县（市、区）；没有补的为空';
COMMENT ON COLUMN core.accepted_materials.link IS '链接；没有补的为空';
COMMENT ON COLUMN core.accepted_materials.participants IS '参与人数；没有补的为空';
COMMENT ON COLUMN core.accepted_materials.online_views IS '线上观看人次；没有补的为空';
