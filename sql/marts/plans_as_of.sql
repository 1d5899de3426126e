-- One row a unit's plan that was current at a moment: the first of its file's rows, whose liaison is the one written to.
-- Key: item_id. The liaison's name, phone and mail are personal and never here.
-- 指标 received_at：有效的那一份收到的时间 | 分母：没有分母，交了有效方案的单位一行 | 空值：不会为空
-- 示例 各单位的方案和专栏网址
--   SELECT recipient, plan_title, column_url, received_at FROM marts.plans_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.plans_as_of(notice, t) AS TABLE
SELECT
    items.item_id,
    items.recipient_code,
    recipients.recipient,
    items.city_code,
    items.deliverable,
    items.period,
    plans.plan_title,
    plans.column_url,
    items.received_at,
    items.received_at AS submitted_at,
    items.first_accepted_at,
    submissions.path,
    items.sheet,
    items.row_number
FROM core.items_at(notice, t) AS items
INNER JOIN raw.plans
    ON
        items.submission_id = plans.submission_id
        AND items.table_number = plans.table_number
        AND items.row_number = plans.row_number
INNER JOIN core.submissions ON items.submission_id = submissions.submission_id
INNER JOIN core.recipients_at(notice, t) AS recipients
    ON items.notice_id = recipients.notice_id AND items.recipient_code = recipients.recipient_code
QUALIFY
    row_number() OVER (
        PARTITION BY items.recipient_code, items.deliverable, items.period ORDER BY items.table_number, items.row_number
    ) = 1
ORDER BY recipients.position, items.deliverable, items.period;
COMMENT ON MACRO TABLE marts.plans_as_of IS '方案：某一时刻有效的方案和专栏网址，没有个人信息';
