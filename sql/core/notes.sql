-- One row a note: what reading noted (raw.notes), and what only the warehouse can know: rows of a file that repeat one
-- another, versions of a path that did away with earlier rows, files sent again that others have since corrected, nominations
-- beyond a quota, and what came by another channel than the notice names.
-- Key: none. What is noted of bytes that came before stands with the first of them alone.
CREATE OR REPLACE VIEW core.notes AS
WITH
repeats AS (
    SELECT
        valid_rows.notice_id,
        valid_rows.submission_id,
        0 AS note_number,
        valid_rows.sheet,
        sheets.sheet_number,
        valid_rows.row_number,
        NULL::INTEGER AS column_number,
        'duplicate_row' AS code,
        coalesce(items.title, '') AS value,
        '第' || valid_rows.row_number || '行与同一件里前面的一行各列完全相同，只计一次。如确是两件事，请把两行写得有所区别后重新报送'
            AS sentence
    FROM core.valid_rows
    INNER JOIN raw.sheets
        ON valid_rows.submission_id = sheets.submission_id AND valid_rows.table_number = sheets.table_number
    LEFT JOIN raw.materials AS items
        ON
            valid_rows.submission_id = items.submission_id
            AND valid_rows.table_number = items.table_number
            AND valid_rows.row_number = items.row_number
    WHERE valid_rows.is_repeat
),

replaced AS (
    SELECT
        valid_rows.notice_id,
        valid_rows.replaced_by AS submission_id,
        count(*) AS row_count,
        string_agg(DISTINCT nullif(valid_rows.period, ''), '、' ORDER BY nullif(valid_rows.period, '')) AS periods
    FROM core.valid_rows
    INNER JOIN core.submissions ON valid_rows.replaced_by = submissions.submission_id
    SEMI JOIN core.items
        ON
            valid_rows.submission_id = items.submission_id
            AND valid_rows.table_number = items.table_number
            AND valid_rows.row_number = items.row_number
            AND valid_rows.replaced_at = items.current_until
    WHERE submissions.answer_key IS NULL
    GROUP BY ALL
),

sent_again AS (
    SELECT
        notice_id,
        submission_id,
        duplicate_of,
        received_at
    FROM core.submissions
    WHERE state = 'duplicate'
),

firsts AS (SELECT DISTINCT duplicate_of AS submission_id FROM sent_again),

-- Of everything that is known, what `lost` and `corrected` look for: without these they would read all of it. Each is looked for by
-- a few different names, so that DuckDB sees that they are few.
their_items AS (
    SELECT items.*
    FROM core.items
    SEMI JOIN firsts ON items.submission_id = firsts.submission_id
),

-- What the first of the same bytes said, and no longer said when they came again.
lost AS (
    SELECT
        again.notice_id,
        again.submission_id,
        valid_rows.submission_id AS first_submission_id,
        valid_rows.key_id,
        valid_rows.replaced_by
    FROM sent_again AS again
    INNER JOIN core.valid_rows ON again.duplicate_of = valid_rows.submission_id
    LEFT JOIN their_items AS own
        ON
            valid_rows.submission_id = own.submission_id
            AND valid_rows.table_number = own.table_number
            AND valid_rows.row_number = own.row_number
            AND again.received_at >= own.current_from
            AND again.received_at < own.current_until
    WHERE NOT valid_rows.is_repeat AND own.item_id IS NULL
),

lost_keys AS (SELECT DISTINCT key_id FROM lost),

their_successors AS (
    SELECT valid_rows.*
    FROM core.valid_rows
    SEMI JOIN lost_keys ON valid_rows.key_id = lost_keys.key_id
),

their_files AS (SELECT DISTINCT submission_id FROM their_successors),

their_speaking AS (
    SELECT items.*
    FROM core.items
    SEMI JOIN their_files ON items.submission_id = their_files.submission_id
    WHERE items.current_until = TIMESTAMP '9999-12-31'
),

corrected AS (
    SELECT
        lost.notice_id,
        lost.submission_id,
        lost.key_id,
        coalesce(speaking.submission_id, lost.replaced_by) AS by_submission_id,
        speaking.submission_id IS NOT NULL AS has_successor
    FROM lost
    LEFT JOIN their_successors AS successors
        ON lost.key_id = successors.key_id AND lost.first_submission_id <> successors.submission_id
    LEFT JOIN their_speaking AS speaking
        ON
            successors.submission_id = speaking.submission_id
            AND successors.table_number = speaking.table_number
            AND successors.row_number = speaking.row_number
),

resent AS (
    SELECT
        corrected.notice_id,
        corrected.submission_id,
        count(DISTINCT corrected.key_id) AS key_count,
        max_by(others.path, (corrected.has_successor, others.received_at, others.path)) AS path,
        max_by(others.received_at, (corrected.has_successor, others.received_at, others.path)) AS received_at
    FROM corrected
    LEFT JOIN core.submissions AS others ON corrected.by_submission_id = others.submission_id
    GROUP BY ALL
),

-- Which rows are beyond the quota now; marts.nominations_as_of says it of any moment by the same order.
ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY notice_id, deliverable, period, quota_scope
            ORDER BY received_at, path, table_number, row_number
        ) AS place
    FROM core.nominated
    WHERE current_until = TIMESTAMP '9999-12-31'
)

SELECT
    notes.notice_id,
    notes.submission_id,
    notes.note_number,
    notes.sheet,
    notes.sheet_number,
    notes.row_number,
    notes.column_number,
    notes.code,
    notes.value,
    notes.sentence
FROM raw.notes
INNER JOIN core.submissions ON notes.submission_id = submissions.submission_id
WHERE submissions.state NOT IN ('duplicate', 'ignored', 'superseded')
UNION ALL
SELECT * FROM repeats
UNION ALL
SELECT
    notice_id,
    submission_id,
    0 AS note_number,
    '' AS sheet,
    0 AS sheet_number,
    NULL AS row_number,
    NULL AS column_number,
    'replaced_rows' AS code,
    row_count::VARCHAR AS value,
    '本件取代了同一路径先前报来的版本：其中 ' || row_count || ' 行不再计入，以本件为准'
    || coalesce('（所属期 ' || periods || '）', '')
    || '。先前报过、这次没有写的内容如仍有效，请补上后重新报送' AS sentence
FROM replaced
UNION ALL
SELECT
    notice_id,
    submission_id,
    0 AS note_number,
    '' AS sheet,
    0 AS sheet_number,
    NULL AS row_number,
    NULL AS column_number,
    'resent_old' AS code,
    coalesce(path, '') AS value,
    '本件与先前报来的一件内容完全相同，不再计入；其中 ' || key_count || ' 项后来已经更正，现在以 '
    || coalesce('《' || regexp_extract(path, '[^/!]+$') || '》（' || strftime(received_at, '%-m月%-d日 %H:%M') || ' 收到）', '更正后的')
    || ' 为准。如要改回原来的内容，请在表格下方加写一行“备注：恢复原数”，保存后重新报送' AS sentence
FROM resent
UNION ALL
SELECT
    ranked.notice_id,
    ranked.submission_id,
    0 AS note_number,
    ranked.sheet,
    coalesce(sheets.sheet_number, 0) AS sheet_number,
    ranked.row_number,
    NULL AS column_number,
    'over_quota' AS code,
    ranked.identity AS value,
    CASE ranked.quota_each WHEN 'city' THEN '每个市' ELSE '每个单位' END || '至多推荐 ' || ranked.quota || ' 个，这一行是第 '
    || ranked.place || ' 个，照收并记为超过名额；请与发文处室商定推荐哪几个，把定下来的整张名单重新报送' AS sentence
FROM ranked
LEFT JOIN raw.sheets
    ON ranked.submission_id = sheets.submission_id AND ranked.table_number = sheets.table_number
WHERE ranked.place > ranked.quota
UNION ALL
SELECT
    notice_id,
    submission_id,
    0 AS note_number,
    '' AS sheet,
    0 AS sheet_number,
    NULL AS row_number,
    NULL AS column_number,
    'other_channel' AS code,
    source AS value,
    '本件不是经“' || deliverable_name || '”规定的方式报来的，照样收读，只作注明；以后请按规定的方式报送（表样第三行写有）' AS sentence
FROM core.other_channels;
COMMENT ON VIEW core.notes IS '提示：读取环节的，和入库后才知道的（件内重复、取代旧版、旧件重发、推荐超过名额、经别的渠道报来）';
COMMENT ON COLUMN core.notes.notice_id IS '通知代号';
COMMENT ON COLUMN core.notes.submission_id IS '报送件编号';
COMMENT ON COLUMN core.notes.note_number IS '读取环节的件内序号；入库后才知道的为 0';
COMMENT ON COLUMN core.notes.sheet IS '工作表名；不指工作表的为空串';
COMMENT ON COLUMN core.notes.sheet_number IS '第几个工作表；不指工作表的为 0';
COMMENT ON COLUMN core.notes.row_number IS '行号；不指一行的为空';
COMMENT ON COLUMN core.notes.column_number IS '列号（从 1 起）；不指一列的为空';
COMMENT ON COLUMN core.notes.code IS '提示代码';
COMMENT ON COLUMN core.notes.value IS '看到的原文；可能涉及个人信息的为空';
COMMENT ON COLUMN core.notes.sentence IS '给报送单位和数据人员的话';
