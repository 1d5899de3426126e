-- One row a number of an item of a list at a moment, and of a unit that has no item: it owes the list and sent none, or said that
-- there is nothing. Key: recipient_code, deliverable, period, item_id, indicator. The rows start from who must answer.
-- items is 1 of each item. Of a unit that said that there is nothing, what is summed is 0; of one that sent nothing all is NULL.
CREATE OR REPLACE MACRO core.list_numbers_at(notice, t) AS TABLE
WITH
sent AS (
    SELECT items.*
    FROM core.items_at(notice, t) AS items
    WHERE items.kind = 'list' AND items.period IS NOT NULL
),

owed AS (
    SELECT
        obligations.notice_id,
        obligations.recipient_code,
        obligations.deliverable,
        obligations.period
    FROM core.duties_at(notice, t) AS obligations
    INNER JOIN core.deliverables
        ON obligations.notice_id = deliverables.notice_id AND obligations.deliverable = deliverables.deliverable
    WHERE obligations.exemption_reason IS NULL AND deliverables.kind = 'list'
),

units AS (
    SELECT
        notice_id,
        recipient_code,
        deliverable,
        period,
        bool_or(is_owed) AS is_owed,
        bool_or(NOT is_owed) AS is_reported
    FROM (
        SELECT
            *,
            TRUE AS is_owed
        FROM owed
        UNION ALL
        SELECT
            sent.notice_id,
            sent.recipient_code,
            sent.deliverable,
            sent.period,
            FALSE AS is_owed
        FROM sent
    ) AS asked_and_sent
    GROUP BY ALL
)

SELECT
    units.recipient_code,
    recipients.recipient,
    stays.city_code,
    stays.line,
    recipients.kind,
    recipients.position AS recipient_position,
    units.deliverable,
    units.period,
    indicators.indicator,
    indicators.indicator_name,
    indicators.position AS indicator_position,
    indicators.number_type,
    indicators.unit,
    indicators.places,
    indicators.aggregate,
    indicators.weight,
    units.is_owed,
    units.is_reported,
    CASE
        WHEN indicators.indicator = 'items' AND units.is_reported THEN (sent.item_id IS NOT NULL)::BIGINT
        WHEN sent.item_id IS NOT NULL THEN coalesce(accepted.value::BIGINT, given.value)
        WHEN units.is_reported AND indicators.aggregate = 'sum' THEN 0
    END AS value,
    coalesce(given.value_state = 'approximate', FALSE) AS is_approximate,
    coalesce(given.value_state = 'not_applicable', FALSE) AS is_not_applicable,
    sent.item_id,
    sent.received_at
FROM units
INNER JOIN core.recipients_at(notice, t) AS recipients ON units.recipient_code = recipients.recipient_code
LEFT JOIN core.periods
    ON
        units.notice_id = periods.notice_id
        AND units.deliverable = periods.deliverable
        AND units.period = periods.period
-- What a unit said of a period stands in the city in which it lay then.
INNER JOIN core.recipient_stays AS stays
    ON
        units.notice_id = stays.notice_id
        AND units.recipient_code = stays.recipient_code
        AND core.counted_on(periods.counted_on, units.period, NULL, t) >= stays.first_day
        AND core.counted_on(periods.counted_on, units.period, NULL, t) < stays.next_day
INNER JOIN core.indicators
    ON units.notice_id = indicators.notice_id AND units.deliverable = indicators.deliverable AND indicators.is_number
LEFT JOIN sent
    ON
        units.recipient_code = sent.recipient_code
        AND units.deliverable = sent.deliverable
        AND units.period = sent.period
        AND NOT sent.is_zero_report
LEFT JOIN raw.statistics AS given
    ON
        sent.submission_id = given.submission_id
        AND sent.table_number = given.table_number
        AND sent.row_number = given.row_number
        AND indicators.indicator = given.indicator
LEFT JOIN core.accepted_values AS accepted
    ON
        sent.submission_id = accepted.submission_id
        AND sent.table_number = accepted.table_number
        AND sent.row_number = accepted.row_number
        AND indicators.indicator = accepted.column_name;
COMMENT ON MACRO TABLE core.list_numbers_at IS '某一时刻清单每一条的每个数：含该报而未报的、报了没有的单位';
