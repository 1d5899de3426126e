-- One row a recipient of a notice, in roster order. Key: notice_id, recipient_code.
-- 示例 哪些单位主送了但不用报
--   SELECT recipient, kind_name FROM marts.recipients WHERE notice_id = $notice AND NOT is_obligated
CREATE OR REPLACE VIEW marts.recipients AS
WITH
owed AS (
    SELECT
        obligations.notice_id,
        obligations.recipient_code,
        count(*) FILTER (obligations.exemption_reason IS NULL) AS expected,
        count(*) FILTER (obligations.exemption_reason IS NOT NULL) AS exempt
    FROM core.latest_duties AS obligations
    GROUP BY ALL
)

SELECT
    recipients.notice_id,
    recipients.recipient_code,
    recipients.recipient,
    recipients.kind,
    recipients.kind_name,
    recipients.line,
    lines.line_name,
    recipients.city_code,
    cities.city,
    coalesce(owed.expected, 0) > 0 AS is_obligated,
    coalesce(owed.expected, 0) AS expected,
    coalesce(owed.exempt, 0) AS exempt
FROM core.recipients
LEFT JOIN core.lines ON recipients.notice_id = lines.notice_id AND recipients.line = lines.line
LEFT JOIN core.cities ON recipients.notice_id = cities.notice_id AND recipients.city_code = cities.city_code
LEFT JOIN owed ON recipients.notice_id = owed.notice_id AND recipients.recipient_code = owed.recipient_code
ORDER BY recipients.notice_id, recipients.position;
COMMENT ON VIEW marts.recipients IS '主送单位';
COMMENT ON COLUMN marts.recipients.notice_id IS '通知代号';
COMMENT ON COLUMN marts.recipients.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.recipients.recipient IS '单位名称';
COMMENT ON COLUMN marts.recipients.kind IS '单位类别代码';
COMMENT ON COLUMN marts.recipients.kind_name IS '单位类别';
COMMENT ON COLUMN marts.recipients.line IS '报送条线代码；只主送不报送的为空';
COMMENT ON COLUMN marts.recipients.line_name IS '报送条线：报给谁；没有的为空';
COMMENT ON COLUMN marts.recipients.city_code IS '所在市代码';
COMMENT ON COLUMN marts.recipients.city IS '所在市';
COMMENT ON COLUMN marts.recipients.is_obligated IS '是否应报：至少有一项没有免报的应报';
COMMENT ON COLUMN marts.recipients.expected IS '应报项数，免报的不算';
COMMENT ON COLUMN marts.recipients.exempt IS '免报项数';
