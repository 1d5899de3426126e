-- One row a unit, period and indicator of a statistics table at a moment, owed or sent. Key: recipient_code, deliverable,
-- period, indicator. The rows start from who must answer: a unit that sent nothing has rows with is_reported false.
-- value is NULL where nothing was sent or the unit wrote that the indicator does not apply to it.
CREATE OR REPLACE MACRO core.statistics_at(notice, t) AS TABLE
WITH
owed_and_sent AS (
    SELECT
        obligations.notice_id,
        obligations.recipient_code,
        obligations.deliverable,
        obligations.period,
        TRUE AS is_owed,
        FALSE AS is_reported
    FROM core.duties_at(notice, t) AS obligations
    INNER JOIN core.deliverables
        ON obligations.notice_id = deliverables.notice_id AND obligations.deliverable = deliverables.deliverable
    WHERE
        obligations.exemption_reason IS NULL
        AND deliverables.kind = 'statistics'
    UNION ALL BY NAME
    SELECT
        items.notice_id,
        items.recipient_code,
        items.deliverable,
        items.period,
        FALSE AS is_owed,
        TRUE AS is_reported,
        items.item_id,
        items.submission_id,
        items.sheet,
        items.table_number,
        items.row_number,
        items.received_at
    FROM core.items_at(notice, t) AS items
    WHERE items.kind = 'statistics' AND items.period IS NOT NULL
),

units AS (
    SELECT
        notice_id,
        recipient_code,
        deliverable,
        period,
        bool_or(is_owed) AS is_owed,
        bool_or(is_reported) AS is_reported,
        -- Of several equal rows the first stands for all.
        arg_min(
            {
                'item_id': item_id,
                'submission_id': submission_id,
                'sheet': sheet,
                'table_number': table_number,
                'row_number': row_number,
                'received_at': received_at
            },
            (table_number, row_number)
        ) FILTER (is_reported) AS sent
    FROM owed_and_sent
    GROUP BY ALL
)

SELECT
    units.notice_id,
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
    indicators.compares_with,
    indicators.number_type,
    indicators.unit,
    indicators.places,
    indicators.aggregate,
    indicators.weight,
    units.is_owed,
    units.is_reported,
    coalesce(accepted.value::BIGINT, given.value) AS value,
    given.value_given,
    coalesce(given.value_state = 'approximate', FALSE) AS is_approximate,
    coalesce(given.value_state = 'not_applicable', FALSE) AS is_not_applicable,
    units.sent.item_id,
    units.sent.submission_id,
    units.sent.sheet,
    units.sent.row_number,
    units.sent.received_at
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
LEFT JOIN raw.statistics AS given
    ON
        units.sent.submission_id = given.submission_id
        AND units.sent.table_number = given.table_number
        AND units.sent.row_number = given.row_number
        AND indicators.indicator = given.indicator
LEFT JOIN core.accepted_values AS accepted
    ON
        units.sent.submission_id = accepted.submission_id
        AND units.sent.table_number = accepted.table_number
        AND units.sent.row_number = accepted.row_number
        AND indicators.indicator = accepted.column_name;
COMMENT ON MACRO TABLE core.statistics_at IS '某一时刻统计表的每个数：含该报而未报的单位';
