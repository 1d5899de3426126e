-- One row a valid row of a submission that counts: whose it is, its period and what identifies it (contract section 6).
-- Key: submission_id, deliverable, sheet, row_number. Which of those with one identity is current when: core.items.
-- Refreshed for the submissions in raw.touched; what they say, and said before, is in raw.touched_keys.
CREATE TABLE IF NOT EXISTS core.valid_rows (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_number INTEGER NOT NULL,
    recipient_code VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    period VARCHAR,
    row_date DATE,
    key_id UHUGEINT NOT NULL,
    received_at TIMESTAMP NOT NULL,
    replaced_at TIMESTAMP
);
COMMENT ON TABLE core.valid_rows IS '有效行：曾经有效和现在有效的都在';
COMMENT ON COLUMN core.valid_rows.notice_id IS '通知代号';
COMMENT ON COLUMN core.valid_rows.submission_id IS '报送件编号';
COMMENT ON COLUMN core.valid_rows.sheet IS '工作表名；文档为空串';
COMMENT ON COLUMN core.valid_rows.row_number IS '在表中的行号；文档为 0';
COMMENT ON COLUMN core.valid_rows.recipient_code IS '单位代码';
COMMENT ON COLUMN core.valid_rows.deliverable IS '事项代码';
COMMENT ON COLUMN core.valid_rows.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN core.valid_rows.row_date IS '行里写的日期；没有日期的为空';
COMMENT ON COLUMN core.valid_rows.key_id IS '行的身份的摘要：单位、事项和 core.item_key 都相同的行，摘要相同';
COMMENT ON COLUMN core.valid_rows.received_at IS '收到时间';
COMMENT ON COLUMN core.valid_rows.replaced_at IS '同一份答卷下一次有效内容的收到时间；没有的为空';

INSERT INTO raw.touched_keys
SELECT DISTINCT
    valid_rows.notice_id,
    valid_rows.recipient_code,
    valid_rows.deliverable,
    valid_rows.period,
    valid_rows.key_id
FROM core.valid_rows
INNER JOIN raw.touched ON valid_rows.submission_id = touched.submission_id;

DELETE FROM core.valid_rows
USING raw.touched
WHERE valid_rows.submission_id = touched.submission_id;

INSERT INTO core.valid_rows
WITH counting AS (
    SELECT submissions.*
    FROM core.submissions
    INNER JOIN raw.touched ON submissions.submission_id = touched.submission_id
    WHERE submissions.state IN ('accepted', 'partly accepted')
),

faulty_rows AS (
    SELECT DISTINCT
        verdicts.submission_id,
        verdicts.sheet,
        verdicts.row_number
    FROM raw.verdicts
    INNER JOIN counting ON verdicts.submission_id = counting.submission_id
    WHERE verdicts.severity = 'error'
),

replaced AS (
    SELECT
        submission_id,
        lead(received_at) OVER (
            PARTITION BY notice_id, answer_key ORDER BY received_at, path, row_order
        ) AS replaced_at
    FROM raw.submissions
    WHERE
        answer_key IN (SELECT counting.answer_key FROM counting)
        AND outcome = 'read'
        AND NOT EXISTS (
            SELECT 1 FROM raw.verdicts
            WHERE verdicts.submission_id = submissions.submission_id AND verdicts.severity = 'error'
        )
),

statistics AS (
    SELECT DISTINCT
        submission_id,
        sheet,
        row_number,
        period_date
    FROM raw.statistics
    WHERE submission_id IN (SELECT counting.submission_id FROM counting)
),

sent AS (
    SELECT
        rows.submission_id,
        rows.deliverable,
        rows.sheet,
        rows.row_number,
        coalesce(materials.activity_date, statistics.period_date) AS row_date,
        materials.material_type,
        materials.title
    FROM raw.rows
    INNER JOIN counting ON rows.submission_id = counting.submission_id
    LEFT JOIN raw.materials
        ON
            rows.submission_id = materials.submission_id
            AND rows.sheet = materials.sheet
            AND rows.row_number = materials.row_number
    LEFT JOIN statistics
        ON
            rows.submission_id = statistics.submission_id
            AND rows.sheet = statistics.sheet
            AND rows.row_number = statistics.row_number
    ANTI JOIN faulty_rows
        ON
            rows.submission_id = faulty_rows.submission_id
            AND rows.sheet = faulty_rows.sheet
            AND rows.row_number = faulty_rows.row_number
    UNION ALL BY NAME
    SELECT
        submission_id,
        document AS deliverable,
        '' AS sheet,
        0 AS row_number
    FROM counting
    WHERE document IS NOT NULL
)

SELECT
    counting.notice_id,
    sent.submission_id,
    sent.sheet,
    sent.row_number,
    counting.recipient_code,
    sent.deliverable,
    periods.period,
    sent.row_date,
    md5_number(
        concat_ws(
            chr(30),
            counting.notice_id,
            counting.recipient_code,
            sent.deliverable,
            core.item_key(deliverables.kind, periods.period, sent.row_date, sent.material_type, sent.title)
        )
    ) AS key_id,
    counting.received_at,
    replaced.replaced_at
FROM sent
INNER JOIN counting ON sent.submission_id = counting.submission_id
INNER JOIN core.deliverables
    ON counting.notice_id = deliverables.notice_id AND sent.deliverable = deliverables.deliverable
LEFT JOIN core.periods
    ON
        counting.notice_id = periods.notice_id
        AND sent.deliverable = periods.deliverable
        AND (periods.first_day IS NULL OR sent.row_date BETWEEN periods.first_day AND periods.last_day)
LEFT JOIN replaced ON sent.submission_id = replaced.submission_id;

INSERT INTO raw.touched_keys
SELECT DISTINCT
    valid_rows.notice_id,
    valid_rows.recipient_code,
    valid_rows.deliverable,
    valid_rows.period,
    valid_rows.key_id
FROM core.valid_rows
INNER JOIN raw.touched ON valid_rows.submission_id = touched.submission_id;
