-- One row a published row of the units in raw.unfed, as it stands now, as JSON: what the change feed compares. Key: notice_id,
-- relation, row_key. Relations: files, verdicts (of files that count), counted_rows (valid rows that count now), obligations,
-- decisions (where '*' is asked for); of counted rows those of core.unfed_items. A counted row is told apart as in core.cell_changes:
-- by its identity, and its place among equals.
CREATE OR REPLACE VIEW core.feed_rows AS
WITH
files AS (
    SELECT submissions.*
    FROM core.submissions
    SEMI JOIN raw.unfed
        ON
            submissions.notice_id = unfed.notice_id
            AND coalesce(submissions.recipient_code, '') = unfed.recipient_code
    WHERE submissions.state <> 'superseded'
),

asked_items AS (
    SELECT unfed_items.*
    FROM core.unfed_items() AS unfed_items
    WHERE unfed_items.current_until = TIMESTAMP '9999-12-31'
),

-- Hardly any row equals another one: only those whose marks are equal are sorted to be numbered.
equal_marks AS (
    SELECT hash(asked_items.notice_id, asked_items.recipient_code, asked_items.deliverable, asked_items.item_key) AS mark
    FROM asked_items
    GROUP BY ALL
    HAVING count(*) > 1
),

places AS (
    SELECT
        asked_items.item_id,
        row_number() OVER (
            PARTITION BY asked_items.notice_id, asked_items.recipient_code, asked_items.deliverable, asked_items.item_key
            ORDER BY asked_items.submission_id, asked_items.table_number, asked_items.row_number
        ) AS place
    FROM asked_items
    SEMI JOIN equal_marks
        ON
            hash(asked_items.notice_id, asked_items.recipient_code, asked_items.deliverable, asked_items.item_key)
            = equal_marks.mark
),

counting AS (
    SELECT
        asked_items.*,
        coalesce(places.place, 1) AS place
    FROM asked_items
    LEFT JOIN places ON asked_items.item_id = places.item_id
),

counting_files AS (
    SELECT DISTINCT asked_items.submission_id
    FROM asked_items
),

links AS (
    SELECT
        materials.submission_id,
        materials.table_number,
        materials.row_number,
        materials.link
    FROM raw.materials
    WHERE
        materials.rowid IN (
            SELECT found.rowid
            FROM raw.materials AS found
            SEMI JOIN counting_files ON found.submission_id = counting_files.submission_id
        )
        AND materials.link IS NOT NULL
),

numbers AS (
    SELECT
        statistics.submission_id,
        statistics.table_number,
        statistics.row_number,
        map(
            list(statistics.indicator ORDER BY statistics.indicator),
            list(statistics.value ORDER BY statistics.indicator)
        ) AS indicators
    FROM raw.statistics
    SEMI JOIN counting_files ON statistics.submission_id = counting_files.submission_id
    GROUP BY ALL
),

owed AS (
    SELECT duties.*
    FROM core.latest_duties AS duties
    SEMI JOIN raw.unfed ON duties.notice_id = unfed.notice_id AND duties.recipient_code = unfed.recipient_code
),

-- The file that met an obligation first.
met AS (
    SELECT
        valid_rows.notice_id,
        valid_rows.recipient_code,
        valid_rows.deliverable,
        valid_rows.period,
        arg_min(valid_rows.submission_id, (valid_rows.received_at, valid_rows.submission_id)) AS submission_id
    FROM core.valid_rows
    SEMI JOIN raw.unfed ON valid_rows.notice_id = unfed.notice_id AND valid_rows.recipient_code = unfed.recipient_code
    WHERE valid_rows.period IS NOT NULL
    GROUP BY ALL
)

SELECT
    files.notice_id,
    'files' AS relation,
    coalesce(files.recipient_code, '') AS recipient_code,
    to_json({ 'submission_id': files.submission_id })::VARCHAR AS row_key,
    to_json({
        'path': files.path,
        'recipient_code': files.recipient_code,
        'deliverable': files.deliverable,
        'received_at': files.received_at,
        'state': files.state,
        'reason': files.reason,
        'sentence': files.sentence,
        'row_count': files.row_count,
        'rejected_row_count': files.rejected_row_count,
        'rejected_rows': files.rejected_rows,
        'duplicate_of': originals.path,
        'sha256': files.sha256
    })::VARCHAR AS row_now,
    files.submission_id,
    files.receipt_id
FROM files
LEFT JOIN core.submissions AS originals ON files.duplicate_of = originals.submission_id
UNION ALL
SELECT
    files.notice_id,
    'verdicts' AS relation,
    coalesce(files.recipient_code, '') AS recipient_code,
    to_json({
        'submission_id': verdicts.submission_id,
        'table_number': verdicts.table_number,
        'row_number': verdicts.row_number,
        'fault_number': verdicts.fault_number
    })::VARCHAR AS row_key,
    to_json({
        'path': files.path,
        'recipient_code': files.recipient_code,
        'deliverable': verdicts.deliverable,
        'sheet': verdicts.sheet,
        'column_name': verdicts.column_name,
        'header': verdicts.header,
        'value': verdicts.value,
        'reason': verdicts.reason,
        'severity': verdicts.severity,
        'sentence': verdicts.sentence
    })::VARCHAR AS row_now,
    files.submission_id,
    files.receipt_id
FROM raw.verdicts
INNER JOIN files ON verdicts.submission_id = files.submission_id
WHERE files.state <> 'duplicate'
UNION ALL
SELECT
    counting.notice_id,
    'counted_rows' AS relation,
    counting.recipient_code,
    to_json({
        'recipient_code': counting.recipient_code,
        'deliverable': counting.deliverable,
        'item_key': replace(counting.item_key, chr(31), '|'),
        'place': counting.place
    })::VARCHAR AS row_key,
    to_json({
        'kind': counting.kind,
        'period': counting.period,
        'received_at': counting.received_at::VARCHAR,
        'submission_id': counting.submission_id,
        'path': submissions.path,
        'sheet': counting.sheet,
        'table_number': counting.table_number,
        'row_number': counting.row_number,
        'is_zero_report': counting.is_zero_report,
        'activity_date': counting.activity_date::VARCHAR,
        'material_type': counting.material_type,
        'title': counting.title,
        'category': counting.category,
        'theme': counting.theme,
        'county': counting.county,
        'participants': counting.participants,
        'online_views': counting.online_views,
        'link': links.link,
        'plan_title': plans.plan_title,
        'column_url': plans.column_url,
        'indicators': numbers.indicators
    })::VARCHAR AS row_now,
    counting.submission_id,
    submissions.receipt_id
FROM counting
INNER JOIN core.submissions ON counting.submission_id = submissions.submission_id
LEFT JOIN links
    ON
        counting.submission_id = links.submission_id
        AND counting.table_number = links.table_number
        AND counting.row_number = links.row_number
LEFT JOIN raw.plans
    ON
        counting.submission_id = plans.submission_id
        AND counting.table_number = plans.table_number
        AND counting.row_number = plans.row_number
LEFT JOIN numbers
    ON
        counting.submission_id = numbers.submission_id
        AND counting.table_number = numbers.table_number
        AND counting.row_number = numbers.row_number
UNION ALL
SELECT
    owed.notice_id,
    'obligations' AS relation,
    owed.recipient_code,
    to_json({
        'recipient_code': owed.recipient_code, 'deliverable': owed.deliverable, 'period': owed.period
    })::VARCHAR AS row_key,
    to_json({
        'due_at': owed.due_at,
        'extension_reason': owed.extension_reason,
        'exemption_reason': owed.exemption_reason,
        'first_accepted_at': spans.first_accepted_at,
        'submission_id': met.submission_id,
        'is_zero_report': spans.is_zero_report
    })::VARCHAR AS row_now,
    met.submission_id,
    submissions.receipt_id
FROM owed
LEFT JOIN core.report_spans AS spans
    ON
        owed.notice_id = spans.notice_id
        AND owed.recipient_code = spans.recipient_code
        AND owed.deliverable = spans.deliverable
        AND owed.period = spans.period
        AND spans.met_until = TIMESTAMP '9999-12-31'
LEFT JOIN met
    ON
        owed.notice_id = met.notice_id
        AND owed.recipient_code = met.recipient_code
        AND owed.deliverable = met.deliverable
        AND owed.period = met.period
        AND spans.met_from IS NOT NULL
LEFT JOIN core.submissions ON met.submission_id = submissions.submission_id
UNION ALL
SELECT
    decisions.notice_id,
    'decisions' AS relation,
    '*' AS recipient_code,
    to_json({ 'decision_id': decisions.decision_id })::VARCHAR AS row_key,
    to_json({
        'kind': decisions.kind,
        'recipient': decisions.recipient,
        'deliverable': decisions.deliverable,
        'period': decisions.period,
        'path': decisions.path,
        'sheet': decisions.sheet,
        'row_number': decisions.row_number,
        'given': decisions.given,
        'reason': decisions.reason,
        'decided_by': decisions.decided_by,
        'decided_at': decisions.decided_at,
        'undoes': decisions.undoes,
        'undone_by': decisions.undone_by
    })::VARCHAR AS row_now,
    NULL AS submission_id,
    NULL AS receipt_id
FROM core.decisions
SEMI JOIN raw.unfed ON decisions.notice_id = unfed.notice_id AND unfed.recipient_code = '*';
COMMENT ON VIEW core.feed_rows IS '待核对的各单位现在发布的每一行';
COMMENT ON COLUMN core.feed_rows.notice_id IS '通知代号';
COMMENT ON COLUMN core.feed_rows.relation IS '哪一种行';
COMMENT ON COLUMN core.feed_rows.recipient_code IS '单位代码；认不出单位的为空串，不属某一单位的为 *';
COMMENT ON COLUMN core.feed_rows.row_key IS '哪一行：键，JSON';
COMMENT ON COLUMN core.feed_rows.row_now IS '现在的行，JSON';
COMMENT ON COLUMN core.feed_rows.submission_id IS '属于哪件报送；没有的为空';
COMMENT ON COLUMN core.feed_rows.receipt_id IS '它属于哪份收件；没有的为空';
