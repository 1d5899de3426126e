-- One row a visit to a unit's column; the newest of each unit's current URL is marked. Key: recipient_code, url, checked_at.
-- Copied from the registry whenever the snapshot is published: what was visited since is not in it yet.
-- 示例 现在打不开的专栏，为什么
--   SELECT recipient, url, status, failure, checked_at FROM marts.column_checks
--   WHERE notice_id = $notice AND is_latest AND NOT is_ok
-- 示例 曾经打不开的专栏，各有几次
--   SELECT recipient, url, count(*) AS checks, count_if(NOT is_ok) AS failures
--   FROM marts.column_checks WHERE notice_id = $notice GROUP BY ALL HAVING failures > 0
CREATE OR REPLACE VIEW marts.column_checks AS
SELECT
    checks.notice_id,
    checks.recipient_code,
    recipients.recipient,
    recipients.city_code,
    checks.url,
    checks.checked_at,
    checks.status,
    checks.final_url,
    checks.title,
    checks.is_ok,
    checks.failure,
    plans.column_url IS NOT NULL
    AND row_number() OVER (
        PARTITION BY checks.notice_id, checks.recipient_code, checks.url
        ORDER BY checks.checked_at DESC
    ) = 1 AS is_latest
FROM raw.column_checks AS checks
INNER JOIN core.recipients
    ON checks.notice_id = recipients.notice_id AND checks.recipient_code = recipients.recipient_code
LEFT JOIN (
    SELECT DISTINCT
        plans.notice_id,
        plans.recipient_code,
        plans.column_url
    FROM marts.plans
) AS plans
    ON
        checks.notice_id = plans.notice_id
        AND checks.recipient_code = plans.recipient_code
        AND checks.url = plans.column_url
ORDER BY checks.notice_id, recipients.position, checks.checked_at, checks.url;
COMMENT ON VIEW marts.column_checks IS '专栏网址检查：每次访问的结果';
COMMENT ON COLUMN marts.column_checks.notice_id IS '通知代号';
COMMENT ON COLUMN marts.column_checks.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.column_checks.recipient IS '单位名称';
COMMENT ON COLUMN marts.column_checks.city_code IS '所在市代码';
COMMENT ON COLUMN marts.column_checks.url IS '方案里写的专栏网址';
COMMENT ON COLUMN marts.column_checks.checked_at IS '访问时间（通知所在时区）';
COMMENT ON COLUMN marts.column_checks.status IS 'HTTP 状态码；没有答复的为空';
COMMENT ON COLUMN marts.column_checks.final_url IS '跳转之后的网址；没有访问的为空';
COMMENT ON COLUMN marts.column_checks.title IS '网页标题；没有的为空';
COMMENT ON COLUMN marts.column_checks.is_ok IS '是否打得开：最后的状态码为 2xx';
COMMENT ON COLUMN marts.column_checks.failure IS '打不开的原因；有答复的为空';
COMMENT ON COLUMN marts.column_checks.is_latest IS '是否该单位现在这个网址的最近一次检查';
