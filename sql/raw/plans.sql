-- One row a data row of a plan deliverable, valid or not, without the liaison (private file). Key: submission_id, table_number, row_number.
CREATE TABLE IF NOT EXISTS raw.plans (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    table_number INTEGER NOT NULL DEFAULT 1,
    row_number INTEGER NOT NULL,
    unit_name VARCHAR,
    unit_name_given VARCHAR,
    plan_title VARCHAR,
    plan_title_given VARCHAR,
    column_url VARCHAR,
    column_url_given VARCHAR
);
COMMENT ON TABLE raw.plans IS '方案行：不含联络员个人信息';
COMMENT ON COLUMN raw.plans.notice_id IS '通知代号';
COMMENT ON COLUMN raw.plans.submission_id IS '报送件编号';
COMMENT ON COLUMN raw.plans.deliverable IS '报送事项';
COMMENT ON COLUMN raw.plans.sheet IS '工作表名';
COMMENT ON COLUMN raw.plans.table_number IS '件内第几张表，从 1 起；同一工作表可有几张表';
COMMENT ON COLUMN raw.plans.row_number IS '在表中的行号';
COMMENT ON COLUMN raw.plans.unit_name IS '单位名称';
COMMENT ON COLUMN raw.plans.unit_name_given IS '单位名称（原文）';
COMMENT ON COLUMN raw.plans.plan_title IS '方案标题';
COMMENT ON COLUMN raw.plans.plan_title_given IS '方案标题（原文）';
COMMENT ON COLUMN raw.plans.column_url IS '宣传专栏网址';
COMMENT ON COLUMN raw.plans.column_url_given IS '宣传专栏网址（原文）';
