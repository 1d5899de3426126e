-- One row a unit that owes something overdue and cannot be reached, or was reminded in vain. Key: recipient_code.
-- Nobody has an address (no_address: looked up when reminders were made), or as many reminders left since its oldest due moment as the
-- notice waits for (remind.escalation.after, else 2) and it still owes (silent). Units of which neither is known are not listed.
-- 指标 missing：已到期而没有报来的项数 | 分母：不适用 | 空值：不会为空
-- 指标 reminders：最早一项到期以后发出的催报有几封 | 分母：不适用 | 空值：没有的为 0
-- 示例 要打电话的单位：欠几项，催过几次
--   SELECT recipient, missing, oldest_due_at, problem, reminders FROM marts.unreached_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.unreached_as_of(notice, t) AS TABLE
WITH
owing AS (
    SELECT
        owed.recipient_code,
        any_value(owed.recipient) AS recipient,
        any_value(owed.city_code) AS city_code,
        count(*) AS missing,
        min(owed.due_at) AS oldest_due_at
    FROM marts.obligation_status_as_of(notice, t) AS owed
    WHERE owed.status = 'missing'
    GROUP BY owed.recipient_code
),

facts AS (
    SELECT
        mails.recipient_code,
        1 AS reminders,
        FALSE AS has_no_address
    FROM owing
    INNER JOIN marts.mails ON owing.recipient_code = mails.recipient_code
    WHERE
        mails.notice_id = notice
        AND mails.purpose = 'reminder'
        AND mails.state = 'sent'
        AND mails.sent_at > owing.oldest_due_at
        AND mails.sent_at <= t
    UNION ALL
    SELECT
        mailboxes.recipient_code,
        0 AS reminders,
        TRUE AS has_no_address
    FROM marts.mailboxes
    WHERE mailboxes.notice_id = notice AND NOT mailboxes.has_address
),

judged AS (
    SELECT
        owing.recipient_code,
        owing.recipient,
        owing.city_code,
        owing.missing,
        owing.oldest_due_at,
        sum(facts.reminders)::BIGINT AS reminders,
        CASE
            WHEN bool_or(facts.has_no_address) THEN 'no_address'
            WHEN sum(facts.reminders) >= any_value(notices.reminded_in_vain) THEN 'silent'
        END AS problem
    FROM owing
    INNER JOIN core.notices ON notices.notice_id = notice
    INNER JOIN facts ON owing.recipient_code = facts.recipient_code
    GROUP BY ALL
)

SELECT
    judged.recipient_code,
    judged.recipient,
    judged.city_code,
    judged.missing,
    judged.oldest_due_at,
    judged.reminders,
    judged.problem,
    CASE judged.problem
        WHEN 'no_address' THEN format('欠 {} 项，没有邮箱，催不到；请打电话', judged.missing)
        ELSE format('欠 {} 项，到期后催过 {} 次没有回音；请打电话', judged.missing, judged.reminders)
    END AS sentence
FROM judged
INNER JOIN core.recipients
    ON recipients.notice_id = notice AND judged.recipient_code = recipients.recipient_code
WHERE judged.problem IS NOT NULL
ORDER BY recipients.position;
COMMENT ON MACRO TABLE marts.unreached_as_of IS '某一时刻联系不上的欠报单位：没有邮箱的，催过没有回音的';
