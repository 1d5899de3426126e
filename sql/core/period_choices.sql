-- One row a submission and a deliverable that is owed by periods and whose rows have no date: the period it is for.
-- Key: submission_id, deliverable. Tells nothing of whether it counts: what was rejected has its period too.
-- The rule (docs/decisions/0020): (1) the period that it names; (2) else the oldest one that has begun, is not met by this unit
-- when it comes, and whose due moment lies no more than one period before that; (3) else the one running then, or the nearest.
-- A corrected answer is for the period of the answer that it corrects. Met is told by what was known when it came: a unit's
-- submissions are gone through in the order in which they became known, so that no later one moves an earlier one.
-- Refreshed for the units of the submissions in raw.touched.
CREATE TABLE IF NOT EXISTS core.period_choices (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    rule VARCHAR NOT NULL
);
COMMENT ON TABLE core.period_choices IS '没有日期列的报送件算哪一期';
COMMENT ON COLUMN core.period_choices.notice_id IS '通知代号';
COMMENT ON COLUMN core.period_choices.submission_id IS '报送件编号';
COMMENT ON COLUMN core.period_choices.recipient_code IS '单位代码';
COMMENT ON COLUMN core.period_choices.deliverable IS '事项代码';
COMMENT ON COLUMN core.period_choices.period IS '期';
COMMENT ON COLUMN core.period_choices.rule IS '依据：named 写明的、corrected 与所更正的答卷同期、unmet 最早的未报期、running 收到时正在进行的期';

DELETE FROM core.period_choices
USING raw.touched
WHERE
    period_choices.submission_id = touched.submission_id
    OR (period_choices.notice_id = touched.notice_id AND period_choices.recipient_code = touched.recipient_code);

INSERT INTO core.period_choices
WITH RECURSIVE
undated AS (
    SELECT
        notice_id,
        deliverable
    FROM core.deliverables
    WHERE is_undated
),

held AS (
    SELECT
        rows.notice_id,
        rows.submission_id,
        rows.deliverable
    FROM raw.rows
    SEMI JOIN undated ON rows.notice_id = undated.notice_id AND rows.deliverable = undated.deliverable
    UNION
    SELECT
        submissions.notice_id,
        submissions.submission_id,
        submissions.document AS deliverable
    FROM core.submissions
    SEMI JOIN undated ON submissions.notice_id = undated.notice_id AND submissions.document = undated.deliverable
    UNION
    SELECT
        submissions.notice_id,
        submissions.submission_id,
        submissions.deliverable
    FROM core.submissions
    SEMI JOIN undated ON submissions.notice_id = undated.notice_id AND submissions.deliverable = undated.deliverable
),

changed AS (
    SELECT DISTINCT
        submissions.notice_id,
        submissions.recipient_code,
        held.deliverable
    FROM held
    INNER JOIN core.submissions ON held.submission_id = submissions.submission_id
    SEMI JOIN raw.touched
        ON submissions.notice_id = touched.notice_id AND submissions.recipient_code = touched.recipient_code
    WHERE submissions.recipient_code IS NOT NULL
),

-- A row of a partly accepted file that is not faulty makes the file meet its period; a document has none.
faultless AS (
    SELECT DISTINCT
        rows.submission_id,
        rows.deliverable
    FROM raw.rows
    INNER JOIN held ON rows.submission_id = held.submission_id AND rows.deliverable = held.deliverable
    LEFT JOIN raw.verdicts
        ON
            rows.submission_id = verdicts.submission_id
            AND rows.table_number = verdicts.table_number
            AND rows.row_number = verdicts.row_number
            AND verdicts.severity = 'error'
    WHERE verdicts.submission_id IS NULL
    UNION
    SELECT
        submission_id,
        document AS deliverable
    FROM core.submissions
    WHERE document IS NOT NULL
),

-- When rows of a submission that people decided about count.
decided_spans AS (
    SELECT
        decided_rows.submission_id,
        coalesce(rows.deliverable, submissions.document) AS deliverable,
        decided_rows.known_from,
        decided_rows.known_until
    FROM core.decided_rows
    INNER JOIN core.submissions ON decided_rows.submission_id = submissions.submission_id
    LEFT JOIN raw.rows
        ON
            decided_rows.submission_id = rows.submission_id
            AND decided_rows.table_number = rows.table_number
            AND decided_rows.row_number = rows.row_number
),

spans AS (
    SELECT
        submission_id,
        deliverable,
        min(known_from) AS known_at,
        list(struct_pack(met_from := known_from, met_until := known_until) ORDER BY known_from, known_until) AS met
    FROM decided_spans
    GROUP BY ALL
),

-- An answer that its service no longer stands by meets nothing from then on.
withdrawn AS (
    SELECT
        submissions.submission_id,
        min(later.received_at) AS withdrawn_at
    FROM core.submissions
    SEMI JOIN held ON submissions.submission_id = held.submission_id
    INNER JOIN core.submissions AS later
        ON
            submissions.notice_id = later.notice_id
            AND submissions.answer_key = later.answer_key
            AND submissions.received_at <= later.received_at
            AND later.state = 'ignored'
    GROUP BY ALL
),

-- The spans in which each meets a period; a list without any where it counts at no moment.
sent AS (
    SELECT
        submissions.notice_id,
        submissions.submission_id,
        submissions.recipient_code,
        held.deliverable,
        submissions.received_at,
        submissions.answer_key,
        named.period AS named_period,
        CASE
            WHEN decided.submission_id IS NOT NULL
                THEN coalesce(spans.met, [])
            WHEN submissions.state IN ('accepted', 'partly accepted') AND faultless.submission_id IS NOT NULL
                THEN [struct_pack(
                    met_from := submissions.received_at,
                    met_until := coalesce(withdrawn.withdrawn_at, TIMESTAMP '9999-12-31')
                )]
            ELSE []
        END AS met,
        row_number() OVER (
            PARTITION BY submissions.notice_id, submissions.recipient_code, held.deliverable
            ORDER BY
                coalesce(spans.known_at, submissions.received_at),
                submissions.received_at,
                split_part(submissions.path, '#', 1),
                submissions.row_order,
                receipts.scanned_at,
                submissions.submission_id
        ) AS place
    FROM held
    INNER JOIN core.submissions ON held.submission_id = submissions.submission_id
    INNER JOIN raw.receipts
        ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
    SEMI JOIN changed
        ON
            submissions.notice_id = changed.notice_id
            AND submissions.recipient_code = changed.recipient_code
            AND held.deliverable = changed.deliverable
    LEFT JOIN raw.named_periods AS named
        ON held.submission_id = named.submission_id AND held.deliverable = named.deliverable
    LEFT JOIN core.decided_files AS decided ON held.submission_id = decided.submission_id
    LEFT JOIN spans ON held.submission_id = spans.submission_id AND held.deliverable = spans.deliverable
    LEFT JOIN faultless ON held.submission_id = faultless.submission_id AND held.deliverable = faultless.deliverable
    LEFT JOIN withdrawn ON held.submission_id = withdrawn.submission_id
),

-- What a submission may be for that names nothing: by rule (2), the oldest first, and by rule (3).
open_periods AS (
    SELECT
        sent.submission_id,
        sent.deliverable,
        list(periods.period ORDER BY periods.first_day) FILTER (
            periods.first_day <= sent.received_at::DATE
            AND owed.exemption_reason IS NULL
            AND coalesce(owed.due_at, periods.due_at) + to_days(periods.length_days) >= sent.received_at
        ) AS open_ones,
        coalesce(
            arg_max(periods.period, periods.first_day) FILTER (periods.first_day <= sent.received_at::DATE),
            arg_min(periods.period, periods.first_day)
        ) AS running
    FROM sent
    INNER JOIN core.periods ON sent.notice_id = periods.notice_id AND sent.deliverable = periods.deliverable
    LEFT JOIN core.obligations AS owed
        ON
            sent.notice_id = owed.notice_id
            AND sent.recipient_code = owed.recipient_code
            AND sent.deliverable = owed.deliverable
            AND periods.period = owed.period
    GROUP BY ALL
),

-- Each unit's submissions of a deliverable one after another; met_spans is what the ones before met, and when.
-- (sqlfluff takes what a lambda is given for a relation.)
-- noqa: disable=CP01,RF01
walked AS (
    SELECT
        changed.notice_id,
        changed.recipient_code,
        changed.deliverable,
        0::BIGINT AS place,
        NULL::VARCHAR AS submission_id,
        NULL::VARCHAR AS period,
        NULL::VARCHAR AS rule,
        []::STRUCT(period VARCHAR, met_from TIMESTAMP, met_until TIMESTAMP)[] AS met_spans,
        []::STRUCT(answer_key VARCHAR, period VARCHAR)[] AS answers
    FROM changed
    UNION ALL
    SELECT
        chosen.notice_id,
        chosen.recipient_code,
        chosen.deliverable,
        chosen.place,
        chosen.submission_id,
        coalesce(chosen.named_period, chosen.corrected, chosen.unmet, chosen.running) AS period,
        CASE
            WHEN chosen.named_period IS NOT NULL THEN 'named'
            WHEN chosen.corrected IS NOT NULL THEN 'corrected'
            WHEN chosen.unmet IS NOT NULL THEN 'unmet'
            ELSE 'running'
        END AS rule,
        list_concat(
            chosen.met_spans,
            list_transform(
                chosen.met,
                lambda span: struct_pack(
                    period := coalesce(chosen.named_period, chosen.corrected, chosen.unmet, chosen.running),
                    met_from := span.met_from,
                    met_until := span.met_until
                )
            )
        ) AS met_spans,
        CASE
            WHEN chosen.answer_key IS NULL THEN chosen.answers
            ELSE list_append(
                chosen.answers,
                struct_pack(
                    answer_key := chosen.answer_key,
                    period := coalesce(chosen.named_period, chosen.corrected, chosen.unmet, chosen.running)
                )
            )
        END AS answers
    FROM (
        SELECT
            sent.*,
            walked.met_spans,
            walked.answers,
            open_periods.running,
            list_filter(walked.answers, lambda answer: answer.answer_key = sent.answer_key)[-1].period AS corrected,
            list_filter(
                open_periods.open_ones,
                lambda one: NOT list_contains(
                    list_transform(
                        list_filter(
                            walked.met_spans,
                            lambda span: span.met_from <= sent.received_at AND span.met_until > sent.received_at
                        ),
                        lambda span: span.period
                    ),
                    one
                )
            )[1] AS unmet
        FROM walked
        INNER JOIN sent
            ON
                walked.notice_id = sent.notice_id
                AND walked.recipient_code = sent.recipient_code
                AND walked.deliverable = sent.deliverable
                AND walked.place + 1 = sent.place
        INNER JOIN open_periods ON sent.submission_id = open_periods.submission_id AND sent.deliverable = open_periods.deliverable
    ) AS chosen
)

SELECT
    notice_id,
    submission_id,
    recipient_code,
    deliverable,
    period,
    rule
FROM walked
WHERE submission_id IS NOT NULL;
