-- One row something of a deliverable that was sent back: a rejected row, or a rejected file. Key: none.
-- Its period is that of the row's own date, or (undated rows) the submission's, else (nothing readable) of the day it arrived;
-- '' where owed once.
-- Refreshed for the submissions in raw.touched.
CREATE TABLE IF NOT EXISTS core.returns (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    received_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE core.returns IS '退回：哪个单位、哪个事项、哪一期曾被退回';
COMMENT ON COLUMN core.returns.notice_id IS '通知代号';
COMMENT ON COLUMN core.returns.submission_id IS '报送件编号';
COMMENT ON COLUMN core.returns.recipient_code IS '单位代码';
COMMENT ON COLUMN core.returns.deliverable IS '事项代码';
COMMENT ON COLUMN core.returns.period IS '所属期';
COMMENT ON COLUMN core.returns.received_at IS '收到时间';

INSERT INTO raw.touched_units
SELECT DISTINCT
    returns.notice_id,
    returns.recipient_code
FROM core.returns
SEMI JOIN raw.touched ON returns.submission_id = touched.submission_id;

DELETE FROM core.returns
USING raw.touched
WHERE returns.submission_id = touched.submission_id;

INSERT INTO core.returns
WITH
returned AS (
    SELECT submissions.*
    FROM core.submissions
    INNER JOIN raw.touched ON submissions.submission_id = touched.submission_id
    WHERE submissions.state IN ('rejected', 'partly accepted') AND submissions.recipient_code IS NOT NULL
),

faults AS (
    SELECT
        returned.submission_id,
        verdicts.deliverable,
        coalesce(materials.activity_date, statistics.period_date) AS row_date
    FROM returned
    INNER JOIN raw.verdicts ON returned.submission_id = verdicts.submission_id AND verdicts.severity = 'error'
    LEFT JOIN raw.materials
        ON
            verdicts.submission_id = materials.submission_id
            AND verdicts.table_number = materials.table_number
            AND verdicts.row_number = materials.row_number
    LEFT JOIN raw.statistics
        ON
            verdicts.submission_id = statistics.submission_id
            AND verdicts.table_number = statistics.table_number
            AND verdicts.row_number = statistics.row_number
    UNION
    SELECT
        submission_id,
        deliverable,
        NULL AS row_date
    FROM returned
    WHERE rejected_row_count = 0
)

SELECT DISTINCT
    returned.notice_id,
    returned.submission_id,
    returned.recipient_code,
    periods.deliverable,
    periods.period,
    returned.received_at
FROM faults
INNER JOIN returned ON faults.submission_id = returned.submission_id
LEFT JOIN core.period_choices AS choices
    ON faults.submission_id = choices.submission_id AND faults.deliverable = choices.deliverable
INNER JOIN core.periods
    ON
        returned.notice_id = periods.notice_id
        AND faults.deliverable = periods.deliverable
        AND (
            periods.first_day IS NULL
            OR coalesce(
                choices.period = periods.period,
                coalesce(faults.row_date, returned.received_at::DATE) BETWEEN periods.first_day AND periods.last_day
            )
        );

INSERT INTO raw.touched_units
SELECT DISTINCT
    returns.notice_id,
    returns.recipient_code
FROM core.returns
SEMI JOIN raw.touched ON returns.submission_id = touched.submission_id;
