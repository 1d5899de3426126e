-- One row an item of a list that was current at a moment, in roster, period and file order. Key: item_id.
-- A unit that said that there is nothing has no row. cells holds every column of the notice's own under its header, as JSON:
-- money in 元, percentages in per cent, days in ISO, words of a list; what was left blank is not in it.
-- 指标 cells：这一条各列的值（JSON），按表头取，如 cells ->> '项目名称'；金额为元，百分数 12.5 即 12.5% | 分母：没有分母 | 空值：没有填的列不在里面；个人信息只有代号
-- 示例 各单位报了哪些，各出自哪一行
--   SELECT recipient, period, identity, cells, path, sheet, row_number
--   FROM marts.list_items_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.list_items_as_of(notice, t) AS TABLE
WITH
shown AS (
    SELECT
        given.submission_id,
        given.table_number,
        given.row_number,
        '{' || string_agg(
            to_json(indicators.indicator_name)::VARCHAR || ': ' || to_json(
                coalesce(
                    CASE WHEN NOT indicators.is_number THEN coalesce(accepted.value, given.value_text) END,
                    rtrim(rtrim(core.as_amount(coalesce(accepted.value::BIGINT, given.value), indicators.places)::VARCHAR, '0'), '.')
                )
            )::VARCHAR,
            ', ' ORDER BY indicators.position
        ) FILTER (coalesce(accepted.value, given.value_text, given.value::VARCHAR) IS NOT NULL) || '}' AS cells
    FROM raw.statistics AS given
    INNER JOIN core.indicators
        ON
            given.notice_id = indicators.notice_id
            AND given.deliverable = indicators.deliverable
            AND given.indicator = indicators.indicator
    LEFT JOIN core.accepted_values AS accepted
        ON
            given.submission_id = accepted.submission_id
            AND given.table_number = accepted.table_number
            AND given.row_number = accepted.row_number
            AND given.indicator = accepted.column_name
    WHERE given.notice_id = notice
    GROUP BY ALL
)

SELECT
    items.item_id,
    items.recipient_code,
    recipients.recipient,
    items.city_code,
    items.deliverable,
    items.period,
    items.identity,
    shown.cells,
    submissions.path,
    items.sheet,
    items.row_number,
    items.received_at
FROM core.items_at(notice, t) AS items
INNER JOIN shown
    ON
        items.submission_id = shown.submission_id
        AND items.table_number = shown.table_number
        AND items.row_number = shown.row_number
INNER JOIN core.submissions ON items.submission_id = submissions.submission_id
INNER JOIN core.recipients_at(notice, t) AS recipients
    ON items.notice_id = recipients.notice_id AND items.recipient_code = recipients.recipient_code
WHERE items.kind = 'list' AND NOT items.is_zero_report
ORDER BY recipients.position, items.deliverable, items.period, submissions.path, items.table_number, items.row_number;
COMMENT ON MACRO TABLE marts.list_items_as_of IS '某一时刻有效的清单：每一条一行，各列按表头取';
