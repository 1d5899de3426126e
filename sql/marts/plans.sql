-- One row a unit's plan that is current now. Key: item_id. The liaison's name, phone and mail are personal and never here. Defined in plans_as_of.
-- 示例 各单位的方案和专栏网址
--   SELECT recipient, plan_title, column_url, received_at FROM marts.plans WHERE notice_id = $notice
CREATE OR REPLACE VIEW marts.plans AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.item_id,
    latest.recipient_code,
    latest.recipient,
    latest.city_code,
    latest.deliverable,
    latest.period,
    latest.plan_title,
    latest.column_url,
    latest.received_at,
    latest.submitted_at,
    latest.first_accepted_at,
    latest.path,
    latest.sheet,
    latest.row_number
FROM core.last_scans
CROSS JOIN LATERAL marts.plans_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.plans IS '方案：当前有效的方案和专栏网址，没有个人信息';
COMMENT ON COLUMN marts.plans.notice_id IS '通知代号';
COMMENT ON COLUMN marts.plans.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.plans.item_id IS '有效行编号';
COMMENT ON COLUMN marts.plans.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.plans.recipient IS '单位名称';
COMMENT ON COLUMN marts.plans.city_code IS '所在市代码';
COMMENT ON COLUMN marts.plans.deliverable IS '事项代码';
COMMENT ON COLUMN marts.plans.period IS '期；只报一次的为空串';
COMMENT ON COLUMN marts.plans.plan_title IS '方案标题；通知不要求而没有填的为空';
COMMENT ON COLUMN marts.plans.column_url IS '宣传专栏网址；通知不要求而没有填的为空';
COMMENT ON COLUMN marts.plans.received_at IS '收到时间（通知所在时区）';
COMMENT ON COLUMN marts.plans.submitted_at IS '收到时间（旧名，下一版去掉；请用 received_at）';
COMMENT ON COLUMN marts.plans.first_accepted_at IS '首次收下的时间：是否按时由它定';
COMMENT ON COLUMN marts.plans.path IS '出自哪个文件';
COMMENT ON COLUMN marts.plans.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.plans.row_number IS '行号';
