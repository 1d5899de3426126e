-- One row a recipient of a notice as it stands at a moment: its name, city and line of then. Key: recipient_code.
-- Units are counted where they lie at the moment; what a period asks for counts where they lay then (core.recipient_stays).
CREATE OR REPLACE MACRO core.recipients_at(notice, t) AS TABLE
SELECT
    recipients.notice_id,
    recipients.recipient_code,
    stays.recipient,
    recipients.kind,
    recipients.kind_name,
    stays.line,
    stays.city_code,
    recipients.position
FROM core.recipients
INNER JOIN core.recipient_stays AS stays
    ON
        recipients.notice_id = stays.notice_id
        AND recipients.recipient_code = stays.recipient_code
        AND stays.first_day <= t::DATE
        AND stays.next_day > least(t::DATE, DATE '9999-12-30')
WHERE recipients.notice_id = notice;
COMMENT ON MACRO TABLE core.recipients_at IS '某一时刻的主送单位：那时的名称、市和条线';
