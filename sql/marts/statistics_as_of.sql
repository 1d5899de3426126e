-- One row an indicator, or another column of the notice's own, of a statistics table or a list that was current at a moment, long: recipient, period, indicator. Key: item_id, indicator.
-- 指标 value：该单位该期这项指标的整数 | 分母：没有分母，有效的每个单位、每期、每项一行 | 空值：填了不适用的为空；小数、百分数、金额为空，见 amount
-- 指标 amount：该单位该期这项指标的数；金额为元，百分数 12.5 即 12.5% | 分母：没有分母 | 空值：填了不适用的为空
-- 指标 text：不是数的列该单位该期填的：文字原样、日期为 ISO、选项为规定的词、是或否 | 分母：没有分母 | 空值：数、没有填的为空；个人信息只有代号
-- 示例 某一指标的各单位数，连同原文
--   SELECT recipient, period, indicator_name, value, amount, text, value_text, is_approximate, path, sheet, row_number
--   FROM marts.statistics_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.statistics_as_of(notice, t) AS TABLE
SELECT
    items.item_id,
    items.recipient_code,
    recipients.recipient,
    items.city_code,
    items.deliverable,
    items.period,
    indicators.indicator,
    indicators.indicator_name,
    CASE WHEN indicators.number_type = 'count' THEN given.value END AS value,
    core.as_amount(given.value, indicators.places) AS amount,
    indicators.unit,
    given.value_text AS text,
    given.value_given AS value_text,
    given.value_state = 'approximate' AS is_approximate,
    given.value_state = 'not_applicable' AS is_not_applicable,
    submissions.path,
    items.sheet,
    items.row_number,
    items.received_at
FROM core.items_at(notice, t) AS items
INNER JOIN raw.statistics AS given
    ON
        items.submission_id = given.submission_id
        AND items.table_number = given.table_number
        AND items.row_number = given.row_number
INNER JOIN core.indicators
    ON
        items.notice_id = indicators.notice_id
        AND items.deliverable = indicators.deliverable
        AND given.indicator = indicators.indicator
INNER JOIN core.submissions ON items.submission_id = submissions.submission_id
INNER JOIN core.recipients_at(notice, t) AS recipients
    ON items.notice_id = recipients.notice_id AND items.recipient_code = recipients.recipient_code
WHERE items.kind <> 'list' OR NOT items.is_zero_report
ORDER BY recipients.position, items.deliverable, items.period, indicators.position;
COMMENT ON MACRO TABLE marts.statistics_as_of IS '统计表和清单明细：某一时刻有效的每个单位、每期、每项指标的数';
