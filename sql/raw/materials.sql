-- One row a data row of a materials deliverable, valid or not. Key: submission_id, table_number, row_number.
-- Each column as read beside the cell as received.
CREATE TABLE IF NOT EXISTS raw.materials (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    table_number INTEGER NOT NULL DEFAULT 1,
    row_number INTEGER NOT NULL,
    is_zero_report BOOLEAN NOT NULL,
    activity_date DATE,
    activity_date_given VARCHAR,
    material_type VARCHAR,
    material_type_given VARCHAR,
    title VARCHAR,
    title_given VARCHAR,
    category VARCHAR,
    category_given VARCHAR,
    theme VARCHAR,
    theme_given VARCHAR,
    county VARCHAR,
    county_given VARCHAR,
    participants BIGINT,
    participants_given VARCHAR,
    participants_state VARCHAR NOT NULL,
    online_views BIGINT,
    online_views_given VARCHAR,
    online_views_state VARCHAR NOT NULL,
    link VARCHAR,
    link_given VARCHAR
);
COMMENT ON TABLE raw.materials IS '材料行：读出的值与原文';
COMMENT ON COLUMN raw.materials.notice_id IS '通知代号';
COMMENT ON COLUMN raw.materials.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.materials.deliverable IS '报送事项';
COMMENT ON COLUMN raw.materials.sheet IS '工作表名';
COMMENT ON COLUMN raw.materials.table_number IS '件内第几张表，从 1 起；同一工作表可有几张表';
COMMENT ON COLUMN raw.materials.row_number IS '在表中的行号';
COMMENT ON COLUMN raw.materials.is_zero_report IS '是否零报告';
COMMENT ON COLUMN raw.materials.activity_date IS '活动日期';
COMMENT ON COLUMN raw.materials.activity_date_given IS '活动日期（原文）';
COMMENT ON COLUMN raw.materials.material_type IS '材料类型';
COMMENT ON COLUMN raw.materials.material_type_given IS '材料类型（原文）';
COMMENT ON COLUMN raw.materials.title IS '标题';
COMMENT ON COLUMN raw.materials.title_given IS '标题（原文）';
COMMENT ON COLUMN raw.materials.category IS '活动类别';
COMMENT ON COLUMN raw.materials.category_given IS '活动类别（原文）';
COMMENT ON COLUMN raw.materials.theme IS '宣传主题';
COMMENT ON COLUMN raw.materials.theme_given IS '宣传主题（原文）';
COMMENT ON COLUMN raw.materials.county IS '县（市、区）';
COMMENT ON COLUMN raw.materials.county_given IS '县（市、区）（原文）';
COMMENT ON COLUMN raw.materials.participants IS '参与人数；空白和不适用均为空值';
COMMENT ON COLUMN raw.materials.participants_given IS '参与人数（原文）';
COMMENT ON COLUMN raw.materials.participants_state IS '参与人数的写法：number 数、approximate 约数、blank 未填、not_applicable 不适用、unreadable 认不出';
COMMENT ON COLUMN raw.materials.online_views IS '线上观看人次；空白和不适用均为空值';
COMMENT ON COLUMN raw.materials.online_views_given IS '线上观看人次（原文）';
COMMENT ON COLUMN raw.materials.online_views_state IS '线上观看人次的写法：number 数、approximate 约数、blank 未填、not_applicable 不适用、unreadable 认不出';
COMMENT ON COLUMN raw.materials.link IS '链接';
COMMENT ON COLUMN raw.materials.link_given IS '链接（原文）';
