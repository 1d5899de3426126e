-- One row a span of time in which a valid row was current. Key: item_id, current_from.
-- A valid row is identified by item_key; the latest received one wins (contract section 6). A corrected form answer
-- replaces its earlier row whatever changed, which may make an older row of the same key current once more: such a row
-- has two spans. A row that was never current (a later one came at the same moment) has none.
-- Refreshed for the recipients in raw.touched.
CREATE TABLE IF NOT EXISTS core.items (
    notice_id VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    row_number INTEGER NOT NULL,
    recipient_code VARCHAR NOT NULL,
    city_code VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    period VARCHAR,
    item_key VARCHAR NOT NULL,
    received_at TIMESTAMP NOT NULL,
    first_accepted_at TIMESTAMP NOT NULL,
    current_from TIMESTAMP NOT NULL,
    current_until TIMESTAMP NOT NULL,
    is_zero_report BOOLEAN NOT NULL,
    activity_date DATE,
    material_type VARCHAR,
    material_type_code VARCHAR,
    title VARCHAR,
    category VARCHAR,
    theme VARCHAR,
    county VARCHAR,
    participants BIGINT,
    online_views BIGINT
);
COMMENT ON TABLE core.items IS '有效行及其有效时段：任一时刻的数都由它算出';
COMMENT ON COLUMN core.items.notice_id IS '通知代号';
COMMENT ON COLUMN core.items.item_id IS '有效行编号';
COMMENT ON COLUMN core.items.submission_id IS '报送件编号';
COMMENT ON COLUMN core.items.sheet IS '工作表名；文档为空串';
COMMENT ON COLUMN core.items.row_number IS '在表中的行号；文档为 0';
COMMENT ON COLUMN core.items.recipient_code IS '单位代码';
COMMENT ON COLUMN core.items.city_code IS '所在市代码';
COMMENT ON COLUMN core.items.deliverable IS '事项代码';
COMMENT ON COLUMN core.items.kind IS '事项种类';
COMMENT ON COLUMN core.items.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN core.items.item_key IS '行的身份：材料为日期、类型、标题，其余为期';
COMMENT ON COLUMN core.items.received_at IS '收到时间';
COMMENT ON COLUMN core.items.first_accepted_at IS '同一单位、事项、期首次收下的时间：是否按时由它定';
COMMENT ON COLUMN core.items.current_from IS '从何时起有效';
COMMENT ON COLUMN core.items.current_until IS '到何时被更正（不含）；一直有效的为 9999 年';
COMMENT ON COLUMN core.items.is_zero_report IS '是否零报告';
COMMENT ON COLUMN core.items.activity_date IS '活动日期';
COMMENT ON COLUMN core.items.material_type IS '材料类型';
COMMENT ON COLUMN core.items.material_type_code IS '材料类型代码';
COMMENT ON COLUMN core.items.title IS '标题';
COMMENT ON COLUMN core.items.category IS '活动类别';
COMMENT ON COLUMN core.items.theme IS '宣传主题';
COMMENT ON COLUMN core.items.county IS '县（市、区）';
COMMENT ON COLUMN core.items.participants IS '参与人数；未填和不适用为空';
COMMENT ON COLUMN core.items.online_views IS '线上观看人次；未填和不适用为空';

-- Of what its recipients ever sent little changes in a cycle: only that is written.
MERGE INTO core.items
USING (
WITH counting AS (
    SELECT
        submissions.*,
        split_part(submissions.path, '#', 1) AS order_path
    FROM core.submissions
    INNER JOIN raw.touched
        ON submissions.notice_id = touched.notice_id AND submissions.recipient_code = touched.recipient_code
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

valid_rows AS (
    SELECT
        rows.submission_id,
        rows.deliverable,
        rows.sheet,
        rows.row_number,
        coalesce(materials.activity_date, statistics.period_date) AS row_date,
        coalesce(materials.is_zero_report, FALSE) AS is_zero_report,
        materials.activity_date,
        materials.material_type,
        materials.title,
        materials.category,
        materials.theme,
        materials.county,
        materials.participants,
        materials.online_views
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
        0 AS row_number,
        FALSE AS is_zero_report,
        document_title AS title
    FROM counting
    WHERE document IS NOT NULL
),

placed AS (
    SELECT
        counting.notice_id,
        counting.received_at,
        counting.order_path,
        counting.row_order,
        counting.recipient_code,
        recipients.city_code,
        deliverables.kind,
        periods.period,
        replaced.replaced_at,
        coalesce(sheets.sheet_number, 0) AS sheet_number,
        list_words.code AS material_type_code,
        valid_rows.*,
        CASE
            WHEN deliverables.kind = 'materials'
                THEN concat_ws(chr(31), valid_rows.activity_date, valid_rows.material_type, valid_rows.title)
            ELSE coalesce(periods.period, valid_rows.row_date::VARCHAR, '')
        END AS item_key
    FROM valid_rows
    INNER JOIN counting ON valid_rows.submission_id = counting.submission_id
    INNER JOIN core.recipients
        ON counting.notice_id = recipients.notice_id AND counting.recipient_code = recipients.recipient_code
    INNER JOIN core.deliverables
        ON counting.notice_id = deliverables.notice_id AND valid_rows.deliverable = deliverables.deliverable
    LEFT JOIN core.periods
        ON
            counting.notice_id = periods.notice_id
            AND valid_rows.deliverable = periods.deliverable
            AND (periods.first_day IS NULL OR valid_rows.row_date BETWEEN periods.first_day AND periods.last_day)
    LEFT JOIN core.list_words
        ON
            counting.notice_id = list_words.notice_id
            AND valid_rows.deliverable = list_words.deliverable
            AND list_words.column_name = 'material_type'
            AND valid_rows.material_type = list_words.word
    LEFT JOIN raw.sheets ON valid_rows.submission_id = sheets.submission_id AND valid_rows.sheet = sheets.sheet
    LEFT JOIN replaced ON valid_rows.submission_id = replaced.submission_id
),

ranked AS (
    SELECT
        *,
        min(received_at) OVER (PARTITION BY notice_id, recipient_code, deliverable, period) AS first_accepted_at,
        row_number() OVER keyed AS place_in_key,
        lead(received_at) OVER keyed AS next_at,
        count(replaced_at) OVER (PARTITION BY notice_id, recipient_code, deliverable, item_key) AS replacements
    FROM placed
    WINDOW keyed AS (
        PARTITION BY notice_id, recipient_code, deliverable, item_key
        ORDER BY received_at, order_path, row_order, sheet_number, row_number
    )
),

plain_spans AS (
    SELECT
        submission_id,
        sheet,
        row_number,
        received_at AS current_from,
        coalesce(next_at, TIMESTAMP '9999-12-31') AS current_until
    FROM ranked
    WHERE replacements = 0
),

moments AS (
    SELECT DISTINCT
        notice_id,
        recipient_code,
        deliverable,
        item_key,
        unnest([received_at, replaced_at]) AS moment
    FROM ranked
    WHERE replacements > 0
),

spans_of_key AS (
    SELECT
        *,
        coalesce(
            lead(moment) OVER (PARTITION BY notice_id, recipient_code, deliverable, item_key ORDER BY moment),
            TIMESTAMP '9999-12-31'
        ) AS until_moment
    FROM moments
    WHERE moment IS NOT NULL
),

replaced_spans AS (
    SELECT
        ranked.submission_id,
        ranked.sheet,
        ranked.row_number,
        spans_of_key.moment AS current_from,
        spans_of_key.until_moment AS current_until
    FROM spans_of_key
    INNER JOIN ranked
        ON
            spans_of_key.notice_id = ranked.notice_id
            AND spans_of_key.recipient_code = ranked.recipient_code
            AND spans_of_key.deliverable = ranked.deliverable
            AND spans_of_key.item_key = ranked.item_key
            AND spans_of_key.moment >= ranked.received_at
            AND (ranked.replaced_at IS NULL OR spans_of_key.moment < ranked.replaced_at)
    QUALIFY
        row_number() OVER (
            PARTITION BY
                ranked.notice_id,
                ranked.recipient_code,
                ranked.deliverable,
                ranked.item_key,
                spans_of_key.moment
            ORDER BY ranked.place_in_key DESC
        ) = 1
),

spans AS (
    SELECT * FROM plain_spans
    WHERE current_from < current_until
    UNION ALL
    SELECT * FROM replaced_spans
)

SELECT
    ranked.notice_id,
    md5(concat_ws(chr(31), ranked.submission_id, ranked.deliverable, ranked.sheet, ranked.row_number)) AS item_id,
    ranked.submission_id,
    ranked.sheet,
    ranked.row_number,
    ranked.recipient_code,
    ranked.city_code,
    ranked.deliverable,
    ranked.kind,
    ranked.period,
    ranked.item_key,
    ranked.received_at,
    ranked.first_accepted_at,
    spans.current_from,
    spans.current_until,
    ranked.is_zero_report,
    ranked.activity_date,
    ranked.material_type,
    ranked.material_type_code,
    ranked.title,
    ranked.category,
    ranked.theme,
    ranked.county,
    ranked.participants,
    ranked.online_views
FROM ranked
INNER JOIN spans
    ON
        ranked.submission_id = spans.submission_id
        AND ranked.sheet = spans.sheet
        AND ranked.row_number = spans.row_number
) AS anew
ON items.notice_id = anew.notice_id AND items.item_id = anew.item_id AND items.current_from = anew.current_from
WHEN MATCHED AND (items.current_until <> anew.current_until OR items.first_accepted_at <> anew.first_accepted_at)
    THEN UPDATE SET current_until = anew.current_until, first_accepted_at = anew.first_accepted_at
WHEN NOT MATCHED THEN INSERT
WHEN NOT MATCHED BY SOURCE
    AND (items.notice_id, items.recipient_code) IN (SELECT (touched.notice_id, touched.recipient_code) FROM raw.touched)
    THEN DELETE;
