-- One row a group of units and deliverables as of a moment, at the grain that is asked for: any of city, line, kind, recipient and
-- deliverable, written with commas; '' is one row for all. No two rows share the codes that were asked for; the others are NULL.
-- From the same counts as every other report (core.duty_counts). line '' : reports to nobody.
-- 指标 circulated：通知主送的单位数，不论是否要报 | 分母：不适用 | 空值：不会为空
-- 指标 obligated：其中至少有一项应报（免报除外）的单位数；按事项分时只看这一事项 | 分母：不适用 | 空值：不会为空
-- 指标 participating：应报单位中至少有一行有效数据的，零报告不算；按事项分时只看这一事项 | 分母：不适用 | 空值：不会为空
-- 指标 participation_rate：参与率，participating ÷ obligated | 分母：应报单位数 | 空值：没有应报单位时为空，不是 0
-- 指标 expected：应报项数，单位 × 事项 × 期，免报的不算 | 分母：不适用 | 空值：不会为空
-- 指标 due：其中到这一刻已经到期的 | 分母：不适用 | 空值：不会为空
-- 指标 on_time：首次收下不晚于截止的项数，未到期先报的也算 | 分母：不适用 | 空值：不会为空
-- 指标 late：首次收下晚于截止的项数 | 分母：不适用 | 空值：不会为空
-- 指标 missing：已到期而没有收下任何一行的项数；退回的不算报送 | 分母：不适用 | 空值：不会为空
-- 指标 pending：未到期也没有收下的项数 | 分母：不适用 | 空值：不会为空
-- 指标 zero_reports：只以零报告完成的项数，它们同时算在按时或迟报里 | 分母：不适用 | 空值：不会为空
-- 指标 returned：有退回而尚未补报的项数，它们同时算在未报或未到期里 | 分母：不适用 | 空值：不会为空
-- 指标 exempt：免报的项数，不在其他任何一个数里 | 分母：不适用 | 空值：不会为空
-- 指标 reporting_rate：报送率，due_and_accepted ÷ due | 分母：已到期项数 | 空值：没有到期项时为空，不是 0
-- 指标 on_time_rate：按时率，due_and_on_time ÷ due | 分母：已到期项数 | 空值：没有到期项时为空，不是 0
-- 示例 每个市每个事项报得怎样
--   SELECT city, deliverable_name, due, missing, reporting_rate FROM marts.reporting_by($notice, $t, 'city, deliverable')
-- 示例 每个市每类单位
--   SELECT * FROM marts.reporting_by($notice, $t, 'city, kind')
-- 示例 每个单位每个事项
--   SELECT recipient, deliverable_name, missing FROM marts.reporting_by($notice, $t, 'recipient, deliverable') WHERE missing > 0
CREATE OR REPLACE MACRO marts.reporting_by(notice, t, dimensions) AS TABLE
WITH
asked AS (
    SELECT core.given_dimensions(dimensions) AS names
),

keyed AS (
    SELECT
        counted.*,
        CASE WHEN list_contains(asked.names, 'city') THEN counted.city_code END AS asked_city,
        CASE WHEN list_contains(asked.names, 'line') THEN coalesce(counted.line, '') END AS asked_line,
        CASE WHEN list_contains(asked.names, 'kind') THEN counted.kind END AS asked_kind,
        CASE WHEN list_contains(asked.names, 'recipient') THEN counted.recipient_code END AS asked_recipient,
        CASE WHEN list_contains(asked.names, 'deliverable') THEN counted.deliverable END AS asked_deliverable
    FROM core.duty_counts(notice, t) AS counted
    CROSS JOIN asked
),

-- Units are counted once in each group, however many deliverables it holds.
units AS (
    SELECT
        asked_city,
        asked_line,
        asked_kind,
        asked_recipient,
        asked_deliverable,
        recipient_code,
        bool_or(is_here) AS is_here,
        bool_or(is_owed) AS is_obligated,
        bool_or(is_active) AS is_active,
        sum(expected) AS expected,
        sum(due) AS due,
        sum(on_time) AS on_time,
        sum(late) AS late,
        sum(missing) AS missing,
        sum(pending) AS pending,
        sum(zero_reports) AS zero_reports,
        sum(returned) AS returned,
        sum(exempt) AS exempt,
        sum(due_and_accepted) AS due_and_accepted,
        sum(due_and_on_time) AS due_and_on_time
    FROM keyed
    GROUP BY ALL
),

grouped AS (
    SELECT
        asked_city,
        asked_line,
        asked_kind,
        asked_recipient,
        asked_deliverable,
        count(*) FILTER (is_here) AS circulated,
        count(*) FILTER (is_obligated) AS obligated,
        count(*) FILTER (is_obligated AND is_active) AS participating,
        sum(expected)::BIGINT AS expected,
        sum(due)::BIGINT AS due,
        sum(on_time)::BIGINT AS on_time,
        sum(late)::BIGINT AS late,
        sum(missing)::BIGINT AS missing,
        sum(pending)::BIGINT AS pending,
        sum(zero_reports)::BIGINT AS zero_reports,
        sum(returned)::BIGINT AS returned,
        sum(exempt)::BIGINT AS exempt,
        sum(due_and_accepted)::BIGINT AS due_and_accepted,
        sum(due_and_on_time)::BIGINT AS due_and_on_time
    FROM units
    GROUP BY ALL
),

kinds AS (
    SELECT
        recipients.kind,
        any_value(recipients.kind_name) AS kind_name,
        min(recipients.position) AS position
    FROM core.recipients
    WHERE recipients.notice_id = notice
    GROUP BY ALL
)

SELECT
    grouped.asked_city AS city_code,
    cities.city,
    grouped.asked_line AS line,
    lines.line_name,
    grouped.asked_kind AS kind,
    kinds.kind_name,
    grouped.asked_recipient AS recipient_code,
    recipients.recipient,
    grouped.asked_deliverable AS deliverable,
    deliverables.deliverable_name,
    grouped.circulated,
    grouped.obligated,
    grouped.participating,
    grouped.participating / nullif(grouped.obligated, 0) AS participation_rate,
    grouped.expected,
    grouped.due,
    grouped.on_time,
    grouped.late,
    grouped.missing,
    grouped.pending,
    grouped.zero_reports,
    grouped.returned,
    grouped.exempt,
    grouped.due_and_accepted,
    grouped.due_and_on_time,
    grouped.due_and_accepted / nullif(grouped.due, 0) AS reporting_rate,
    grouped.due_and_on_time / nullif(grouped.due, 0) AS on_time_rate
FROM grouped
LEFT JOIN core.cities ON cities.notice_id = notice AND grouped.asked_city = cities.city_code
LEFT JOIN core.lines ON lines.notice_id = notice AND grouped.asked_line = lines.line
LEFT JOIN kinds ON grouped.asked_kind = kinds.kind
LEFT JOIN core.recipients_at(notice, t) AS recipients ON grouped.asked_recipient = recipients.recipient_code
LEFT JOIN core.deliverables ON deliverables.notice_id = notice AND grouped.asked_deliverable = deliverables.deliverable
ORDER BY
    cities.position,
    lines.position NULLS LAST,
    kinds.position,
    recipients.position,
    deliverables.position;
COMMENT ON MACRO TABLE marts.reporting_by IS '某一时刻的参与和报送情况，按市、条线、类别、单位、事项的任意组合分组';
