-- One row an obligation, exempt ones included, in roster order: what is owed and until when. What came is in obligation_status.
-- Key: notice_id, recipient_code, deliverable, period.
-- 示例 延期和免报的，及理由
--   SELECT recipient, deliverable_name, period, due_at, extension_reason, exemption_reason
--   FROM marts.obligations WHERE notice_id = $notice AND (is_extended OR is_exempt)
CREATE OR REPLACE VIEW marts.obligations AS
SELECT
    obligations.notice_id,
    obligations.recipient_code,
    recipients.recipient,
    recipients.kind,
    recipients.kind_name,
    recipients.line,
    obligations.city_code,
    cities.city,
    obligations.deliverable,
    deliverables.deliverable_name,
    obligations.period,
    obligations.first_day,
    obligations.last_day,
    obligations.due_at,
    obligations.extension_reason IS NOT NULL AS is_extended,
    obligations.extension_reason,
    obligations.exemption_reason IS NOT NULL AS is_exempt,
    obligations.exemption_reason,
    periods.moved_reason
FROM core.latest_duties AS obligations
INNER JOIN core.recipients
    ON obligations.notice_id = recipients.notice_id AND obligations.recipient_code = recipients.recipient_code
INNER JOIN core.deliverables
    ON obligations.notice_id = deliverables.notice_id AND obligations.deliverable = deliverables.deliverable
LEFT JOIN core.periods
    ON
        obligations.notice_id = periods.notice_id
        AND obligations.deliverable = periods.deliverable
        AND obligations.period = periods.period
LEFT JOIN core.cities ON obligations.notice_id = cities.notice_id AND obligations.city_code = cities.city_code
ORDER BY obligations.notice_id, recipients.position, deliverables.position, obligations.period;
COMMENT ON VIEW marts.obligations IS '应报：单位 × 事项 × 期';
COMMENT ON COLUMN marts.obligations.notice_id IS '通知代号';
COMMENT ON COLUMN marts.obligations.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.obligations.recipient IS '单位名称';
COMMENT ON COLUMN marts.obligations.kind IS '单位类别代码';
COMMENT ON COLUMN marts.obligations.kind_name IS '单位类别';
COMMENT ON COLUMN marts.obligations.line IS '报送条线；没有的为空';
COMMENT ON COLUMN marts.obligations.city_code IS '所在市代码';
COMMENT ON COLUMN marts.obligations.city IS '所在市';
COMMENT ON COLUMN marts.obligations.deliverable IS '事项代码';
COMMENT ON COLUMN marts.obligations.deliverable_name IS '事项名称';
COMMENT ON COLUMN marts.obligations.period IS '期：该期首日；只报一次的为空串';
COMMENT ON COLUMN marts.obligations.first_day IS '该期首日；只报一次的为空';
COMMENT ON COLUMN marts.obligations.last_day IS '该期末日；只报一次的为空';
COMMENT ON COLUMN marts.obligations.due_at IS '截止时间，已计延期';
COMMENT ON COLUMN marts.obligations.is_extended IS '是否延期';
COMMENT ON COLUMN marts.obligations.extension_reason IS '延期理由；没有延期的为空';
COMMENT ON COLUMN marts.obligations.is_exempt IS '是否免报';
COMMENT ON COLUMN marts.obligations.exemption_reason IS '免报理由；没有免报的为空';
COMMENT ON COLUMN marts.obligations.moved_reason IS '这一期对各单位改期的理由；照规则截止的为空';
