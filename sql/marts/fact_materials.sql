-- One row a material that is current as of the notice's last scan.
-- Key: item_id. Defined in fact_materials_as_of.
CREATE OR REPLACE VIEW marts.fact_materials AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.item_id,
    latest.recipient_code,
    latest.recipient,
    latest.kind,
    latest.kind_name,
    latest.line,
    latest.line_name,
    latest.city_code,
    latest.city,
    latest.deliverable,
    latest.deliverable_name,
    latest.period,
    latest.activity_date,
    latest.is_event_day,
    latest.county_code,
    latest.county,
    latest.material_type_code,
    latest.material_type,
    latest.category_code,
    latest.category,
    latest.theme_code,
    latest.theme,
    latest.title,
    latest.participants,
    latest.participants_is_approximate,
    latest.online_views,
    latest.online_views_is_approximate,
    latest.link,
    latest.first_accepted_at,
    latest.source,
    latest.submission_id,
    latest.path,
    latest.sheet,
    latest.table_number,
    latest.row_number,
    latest.received_at
FROM core.last_scans
CROSS JOIN LATERAL marts.fact_materials_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.fact_materials IS '材料宽表：最新的每一条有效材料，连同所属一切的代码和名称';
COMMENT ON COLUMN marts.fact_materials.notice_id IS '通知代号';
COMMENT ON COLUMN marts.fact_materials.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.fact_materials.item_id IS '有效行编号';
COMMENT ON COLUMN marts.fact_materials.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.fact_materials.recipient IS '单位名称';
COMMENT ON COLUMN marts.fact_materials.kind IS '单位类别代码';
COMMENT ON COLUMN marts.fact_materials.kind_name IS '单位类别';
COMMENT ON COLUMN marts.fact_materials.line IS '报送条线代码；不报给谁的为空';
COMMENT ON COLUMN marts.fact_materials.line_name IS '报送条线；没有的为空';
COMMENT ON COLUMN marts.fact_materials.city_code IS '所在市代码';
COMMENT ON COLUMN marts.fact_materials.city IS '所在市';
COMMENT ON COLUMN marts.fact_materials.deliverable IS '事项代码';
COMMENT ON COLUMN marts.fact_materials.deliverable_name IS '事项';
COMMENT ON COLUMN marts.fact_materials.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN marts.fact_materials.activity_date IS '活动日期';
COMMENT ON COLUMN marts.fact_materials.is_event_day IS '是否在活动日内；通知没有活动日的为空';
COMMENT ON COLUMN marts.fact_materials.county_code IS '县（市、区）代码；没有写的为空';
COMMENT ON COLUMN marts.fact_materials.county IS '县（市、区）；没有写的为空';
COMMENT ON COLUMN marts.fact_materials.material_type_code IS '材料类型代码';
COMMENT ON COLUMN marts.fact_materials.material_type IS '材料类型';
COMMENT ON COLUMN marts.fact_materials.category_code IS '活动类别代码；没有写的为空';
COMMENT ON COLUMN marts.fact_materials.category IS '活动类别；没有写的为空';
COMMENT ON COLUMN marts.fact_materials.theme_code IS '宣传主题代码；没有写的为空';
COMMENT ON COLUMN marts.fact_materials.theme IS '宣传主题；没有写的为空';
COMMENT ON COLUMN marts.fact_materials.title IS '标题';
COMMENT ON COLUMN marts.fact_materials.participants IS '参与人数；未填和不适用为空';
COMMENT ON COLUMN marts.fact_materials.participants_is_approximate IS '参与人数是否约数；未填的为空';
COMMENT ON COLUMN marts.fact_materials.online_views IS '线上观看人次；未填和不适用为空';
COMMENT ON COLUMN marts.fact_materials.online_views_is_approximate IS '线上观看人次是否约数；未填的为空';
COMMENT ON COLUMN marts.fact_materials.link IS '链接；没有写的为空';
COMMENT ON COLUMN marts.fact_materials.first_accepted_at IS '这一期首次收下的时间';
COMMENT ON COLUMN marts.fact_materials.source IS '收件渠道';
COMMENT ON COLUMN marts.fact_materials.submission_id IS '报送件编号';
COMMENT ON COLUMN marts.fact_materials.path IS '相对收件箱的路径；压缩包内的文件以 ! 连接，表单答卷以 # 连接序号';
COMMENT ON COLUMN marts.fact_materials.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.fact_materials.table_number IS '件内第几张表';
COMMENT ON COLUMN marts.fact_materials.row_number IS '行号';
COMMENT ON COLUMN marts.fact_materials.received_at IS '收到时间（通知所在时区）';
