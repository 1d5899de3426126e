-- One row a stretch of time in which a unit's obligations of a deliverable, of the periods that it spent in one city and on one
-- line, stay in the same states: how many are in which. Key: notice_id, recipient_code, city_code, line, deliverable, known_from.
-- Where they stay as they were nothing is counted again: a figure as of a moment sums the stretches that hold the moment.
-- This is the one place where it is said what counts as what, and where; every report sums these. An obligation counts in the city
-- and on the line of its unit in its period; exempt ones are in `exempt` alone. No stretch: nothing is owed and nothing exempt.
-- Refreshed for the units in raw.touched_units.
CREATE TABLE IF NOT EXISTS core.duty_stretches (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    city_code VARCHAR NOT NULL,
    line VARCHAR,
    kind VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    known_from TIMESTAMP NOT NULL,
    known_until TIMESTAMP NOT NULL,
    expected INTEGER NOT NULL,
    due INTEGER NOT NULL,
    on_time INTEGER NOT NULL,
    late INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    exempt INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    zero_reports INTEGER NOT NULL,
    due_and_accepted INTEGER NOT NULL,
    due_and_on_time INTEGER NOT NULL
);
COMMENT ON TABLE core.duty_stretches IS '应报项数在各段时间里的样子：每个单位每个事项各种状态的有几项';
COMMENT ON COLUMN core.duty_stretches.notice_id IS '通知代号';
COMMENT ON COLUMN core.duty_stretches.recipient_code IS '单位代码';
COMMENT ON COLUMN core.duty_stretches.city_code IS '所在市代码：那一期所在的市';
COMMENT ON COLUMN core.duty_stretches.line IS '报送条线：那一期所报的；无报送义务的为空';
COMMENT ON COLUMN core.duty_stretches.kind IS '单位类别';
COMMENT ON COLUMN core.duty_stretches.deliverable IS '事项代码';
COMMENT ON COLUMN core.duty_stretches.known_from IS '从何时起是这样';
COMMENT ON COLUMN core.duty_stretches.known_until IS '到何时为止（不含）；一直如此的为 9999 年';
COMMENT ON COLUMN core.duty_stretches.expected IS '应报项数，免报的不算';
COMMENT ON COLUMN core.duty_stretches.due IS '已到期项数';
COMMENT ON COLUMN core.duty_stretches.on_time IS '按时项数';
COMMENT ON COLUMN core.duty_stretches.late IS '迟报项数';
COMMENT ON COLUMN core.duty_stretches.missing IS '未报项数：已到期而没有收下';
COMMENT ON COLUMN core.duty_stretches.pending IS '未到期未报项数';
COMMENT ON COLUMN core.duty_stretches.exempt IS '免报项数';
COMMENT ON COLUMN core.duty_stretches.returned IS '有退回而尚未补报的项数';
COMMENT ON COLUMN core.duty_stretches.zero_reports IS '仅以零报告完成的项数';
COMMENT ON COLUMN core.duty_stretches.due_and_accepted IS '已到期而且已收下的项数';
COMMENT ON COLUMN core.duty_stretches.due_and_on_time IS '已到期而且按时的项数';

INSERT INTO raw.touched_units
SELECT DISTINCT
    touched_keys.notice_id,
    touched_keys.recipient_code
FROM raw.touched_keys;

DELETE FROM core.duty_stretches
USING raw.touched_units
WHERE
    duty_stretches.notice_id = touched_units.notice_id
    AND duty_stretches.recipient_code = touched_units.recipient_code;

INSERT INTO core.duty_stretches
WITH
duties AS (
    SELECT
        spans.*,
        stays.line,
        recipients.kind,
        deliverables.if_submitted IS NOT NULL AND deliverables.within_hours IS NULL AS is_hanging
    FROM core.duty_spans AS spans
    SEMI JOIN raw.touched_units
        ON spans.notice_id = touched_units.notice_id AND spans.recipient_code = touched_units.recipient_code
    LEFT JOIN core.periods
        ON
            spans.notice_id = periods.notice_id
            AND spans.deliverable = periods.deliverable
            AND spans.period = periods.period
    INNER JOIN core.recipient_stays AS stays
        ON
            spans.notice_id = stays.notice_id
            AND spans.recipient_code = stays.recipient_code
            AND core.counted_on(periods.counted_on, spans.period, spans.last_day, spans.due_at) >= stays.first_day
            AND core.counted_on(periods.counted_on, spans.period, spans.last_day, spans.due_at) < stays.next_day
    INNER JOIN core.recipients
        ON spans.notice_id = recipients.notice_id AND spans.recipient_code = recipients.recipient_code
    INNER JOIN core.deliverables
        ON spans.notice_id = deliverables.notice_id AND spans.deliverable = deliverables.deliverable
),

met AS (
    SELECT spans.*
    FROM core.report_spans AS spans
    SEMI JOIN raw.touched_units
        ON spans.notice_id = touched_units.notice_id AND spans.recipient_code = touched_units.recipient_code
),

-- While something that an obligation hangs on is submitted.
fulfilled AS (
    SELECT DISTINCT
        met.notice_id,
        met.recipient_code,
        deliverables.deliverable,
        met.met_from,
        met.met_until
    FROM met
    INNER JOIN core.deliverables
        ON
            met.notice_id = deliverables.notice_id
            AND met.deliverable = deliverables.if_submitted
            AND deliverables.within_hours IS NULL
),

returned AS (
    SELECT
        returns.notice_id,
        returns.recipient_code,
        returns.deliverable,
        returns.period,
        min(returns.received_at) AS returned_at
    FROM core.returns
    SEMI JOIN raw.touched_units
        ON returns.notice_id = touched_units.notice_id AND returns.recipient_code = touched_units.recipient_code
    GROUP BY ALL
),

-- When the state of an obligation may change.
changes AS (
    SELECT
        notice_id,
        recipient_code,
        deliverable,
        period,
        unnest([known_from, due_at, known_until]) AS moment
    FROM duties
    UNION
    SELECT
        notice_id,
        recipient_code,
        deliverable,
        period,
        unnest([met_from, met_until]) AS moment
    FROM met
    UNION
    SELECT
        notice_id,
        recipient_code,
        deliverable,
        period,
        returned_at AS moment
    FROM returned
    UNION
    SELECT
        duties.notice_id,
        duties.recipient_code,
        duties.deliverable,
        duties.period,
        unnest([fulfilled.met_from, fulfilled.met_until]) AS moment
    FROM duties
    INNER JOIN fulfilled
        ON
            duties.notice_id = fulfilled.notice_id
            AND duties.recipient_code = fulfilled.recipient_code
            AND duties.deliverable = fulfilled.deliverable
),

moments AS (
    SELECT
        *,
        lead(moment, 1, TIMESTAMP '9999-12-31') OVER (
            PARTITION BY notice_id, recipient_code, deliverable, period ORDER BY moment
        ) AS next_moment
    FROM changes
    WHERE moment < TIMESTAMP '9999-12-31'
),

-- The obligations that stand in the stretch from such a moment to the next, as core.duties_at says.
standing AS (
    SELECT
        duties.*,
        moments.moment,
        moments.next_moment
    FROM duties
    INNER JOIN moments
        ON
            duties.notice_id = moments.notice_id
            AND duties.recipient_code = moments.recipient_code
            AND duties.deliverable = moments.deliverable
            AND duties.period = moments.period
            AND duties.known_from <= moments.moment
            AND duties.known_until > moments.moment
    WHERE
        NOT duties.is_hanging
        OR EXISTS (
            SELECT 1 FROM fulfilled
            WHERE
                duties.notice_id = fulfilled.notice_id
                AND duties.recipient_code = fulfilled.recipient_code
                AND duties.deliverable = fulfilled.deliverable
                AND fulfilled.met_from <= moments.moment
                AND fulfilled.met_until > moments.moment
        )
),

states AS (
    SELECT
        standing.*,
        standing.due_at <= standing.moment AS is_due,
        coalesce(returned.returned_at <= standing.moment AND met.first_accepted_at IS NULL, FALSE) AS is_returned,
        coalesce(met.is_zero_report, FALSE) AS is_zero_report,
        core.duty_status(
            standing.exemption_reason, met.first_accepted_at, standing.due_at, standing.moment
        ) AS status
    FROM standing
    LEFT JOIN met
        ON
            standing.notice_id = met.notice_id
            AND standing.recipient_code = met.recipient_code
            AND standing.deliverable = met.deliverable
            AND standing.period = met.period
            AND standing.moment >= met.met_from
            AND standing.moment < met.met_until
    LEFT JOIN returned
        ON
            standing.notice_id = returned.notice_id
            AND standing.recipient_code = returned.recipient_code
            AND standing.deliverable = returned.deliverable
            AND standing.period = returned.period
),

counted AS (
    SELECT
        states.notice_id,
        states.recipient_code,
        states.city_code,
        states.line,
        states.kind,
        states.deliverable,
        states.moment,
        states.next_moment,
        states.status <> 'exempt' AS expected,
        states.status <> 'exempt' AND states.is_due AS due,
        states.status = 'on_time' AS on_time,
        states.status = 'late' AS late,
        states.status = 'missing' AS missing,
        states.status = 'pending' AS pending,
        states.status = 'exempt' AS exempt,
        states.status <> 'exempt' AND states.is_returned AS returned,
        states.status <> 'exempt' AND states.is_zero_report AS zero_reports,
        states.is_due AND states.status IN ('on_time', 'late') AS due_and_accepted,
        states.is_due AND states.status = 'on_time' AS due_and_on_time
    FROM states
),

-- What begins to count at a moment, less what ceases to.
steps AS (
    SELECT
        counted.* EXCLUDE (next_moment),
        1 AS step
    FROM counted
    UNION ALL
    SELECT
        counted.* EXCLUDE (next_moment) REPLACE (counted.next_moment AS moment),
        -1 AS step
    FROM counted
    WHERE counted.next_moment < TIMESTAMP '9999-12-31'
),

sums AS (
    SELECT
        steps.notice_id,
        steps.recipient_code,
        steps.city_code,
        steps.line,
        steps.kind,
        steps.deliverable,
        steps.moment,
        sum(steps.step) FILTER (steps.expected) AS expected,
        sum(steps.step) FILTER (steps.due) AS due,
        sum(steps.step) FILTER (steps.on_time) AS on_time,
        sum(steps.step) FILTER (steps.late) AS late,
        sum(steps.step) FILTER (steps.missing) AS missing,
        sum(steps.step) FILTER (steps.pending) AS pending,
        sum(steps.step) FILTER (steps.exempt) AS exempt,
        sum(steps.step) FILTER (steps.returned) AS returned,
        sum(steps.step) FILTER (steps.zero_reports) AS zero_reports,
        sum(steps.step) FILTER (steps.due_and_accepted) AS due_and_accepted,
        sum(steps.step) FILTER (steps.due_and_on_time) AS due_and_on_time
    FROM steps
    GROUP BY ALL
),

running AS (
    SELECT
        sums.notice_id,
        sums.recipient_code,
        sums.city_code,
        sums.line,
        sums.kind,
        sums.deliverable,
        sums.moment AS known_from,
        lead(sums.moment, 1, TIMESTAMP '9999-12-31') OVER so_far AS known_until,
        coalesce(sum(sums.expected) OVER so_far, 0)::INTEGER AS expected,
        coalesce(sum(sums.due) OVER so_far, 0)::INTEGER AS due,
        coalesce(sum(sums.on_time) OVER so_far, 0)::INTEGER AS on_time,
        coalesce(sum(sums.late) OVER so_far, 0)::INTEGER AS late,
        coalesce(sum(sums.missing) OVER so_far, 0)::INTEGER AS missing,
        coalesce(sum(sums.pending) OVER so_far, 0)::INTEGER AS pending,
        coalesce(sum(sums.exempt) OVER so_far, 0)::INTEGER AS exempt,
        coalesce(sum(sums.returned) OVER so_far, 0)::INTEGER AS returned,
        coalesce(sum(sums.zero_reports) OVER so_far, 0)::INTEGER AS zero_reports,
        coalesce(sum(sums.due_and_accepted) OVER so_far, 0)::INTEGER AS due_and_accepted,
        coalesce(sum(sums.due_and_on_time) OVER so_far, 0)::INTEGER AS due_and_on_time
    FROM sums
    WINDOW so_far AS (
        PARTITION BY sums.notice_id, sums.recipient_code, sums.city_code, sums.line, sums.deliverable
        ORDER BY sums.moment
    )
)

SELECT
    running.notice_id,
    running.recipient_code,
    running.city_code,
    running.line,
    running.kind,
    running.deliverable,
    running.known_from,
    running.known_until,
    running.expected,
    running.due,
    running.on_time,
    running.late,
    running.missing,
    running.pending,
    running.exempt,
    running.returned,
    running.zero_reports,
    running.due_and_accepted,
    running.due_and_on_time
FROM running
WHERE running.expected > 0 OR running.exempt > 0;
