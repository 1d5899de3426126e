-- One row a received data row or document, and one a file without any, with what had become of it at a moment and the code and the
-- name of everything it belongs to. Key: submission_id, table_number, row_number. Told in core.row_ends_at.
-- 指标 row_end：这一行到那一刻的去向 | 分母：不适用 | 空值：不会为空
-- 取值 row_end：counted、zero_report、replaced、duplicate_row、rejected、duplicate、not_yet、attachment、withdrawn、ignored
-- 示例 各渠道各格式的行，退回的占多少
--   SELECT source, format, count(*) AS rows, count(*) FILTER (row_end = 'rejected') AS rejected
--   FROM marts.fact_rows_as_of($notice, $t) WHERE row_end <> 'not_yet' GROUP BY ALL ORDER BY rows DESC
CREATE OR REPLACE MACRO marts.fact_rows_as_of(notice, t) AS TABLE
SELECT
    ends.submission_id,
    ends.path,
    receipts.source,
    submissions.format,
    recipients.recipient_code,
    recipients.recipient,
    recipients.kind,
    recipients.kind_name,
    recipients.line,
    lines.line_name,
    recipients.city_code,
    cities.city,
    ends.deliverable,
    deliverables.deliverable_name,
    ends.period,
    ends.sheet,
    ends.table_number,
    ends.row_number,
    ends.received_at,
    ends.title,
    ends.row_end,
    ends.reasons,
    ends.explanation,
    ends.duplicate_of,
    ends.replaced_by,
    ends.item_id
FROM core.row_ends_at(notice, t, NULL) AS ends
INNER JOIN core.submissions ON ends.submission_id = submissions.submission_id
INNER JOIN raw.receipts ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
LEFT JOIN core.recipients_at(notice, t) AS recipients
    ON submissions.notice_id = recipients.notice_id AND ends.recipient_code = recipients.recipient_code
LEFT JOIN core.deliverables
    ON submissions.notice_id = deliverables.notice_id AND ends.deliverable = deliverables.deliverable
LEFT JOIN core.cities ON recipients.notice_id = cities.notice_id AND recipients.city_code = cities.city_code
LEFT JOIN core.lines ON recipients.notice_id = lines.notice_id AND recipients.line = lines.line
ORDER BY ends.received_at, ends.path, submissions.row_order, ends.table_number, ends.row_number;
COMMENT ON MACRO TABLE marts.fact_rows_as_of IS '收到的行的宽表：某一时刻每个收到的行的去向，连同所属一切的代码和名称';
