-- One row a span of time in which a valid row was current. Key: item_id, current_from.
-- A valid row is identified by item_key; of the files that hold such rows the latest received one speaks, and all its rows
-- are current (contract section 6), each further equal one apart. A later version of the same path or of the same form
-- answer does away with more (core.valid_rows.replaced_at), which may make an older file speak once more: its rows have two
-- spans. A row that was never current (a later one came at the same moment) has none.
-- Refreshed for the identities in raw.touched_keys, and first_accepted_at for their periods.
CREATE TABLE IF NOT EXISTS core.items (
    notice_id VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    table_number INTEGER NOT NULL DEFAULT 1,
    row_number INTEGER NOT NULL,
    recipient_code VARCHAR NOT NULL,
    city_code VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    period VARCHAR,
    item_key VARCHAR NOT NULL,
    identity VARCHAR,
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
    online_views BIGINT,
    notice_key UBIGINT,
    group_number INTEGER
);
COMMENT ON TABLE core.items IS '有效行及其有效时段：任一时刻的数都由它算出';
COMMENT ON COLUMN core.items.notice_id IS '通知代号';
COMMENT ON COLUMN core.items.item_id IS '有效行编号';
COMMENT ON COLUMN core.items.submission_id IS '报送件编号';
COMMENT ON COLUMN core.items.sheet IS '工作表名；文档为空串';
COMMENT ON COLUMN core.items.table_number IS '件内第几张表；文档为 0';
COMMENT ON COLUMN core.items.row_number IS '在表中的行号；文档为 0';
COMMENT ON COLUMN core.items.recipient_code IS '单位代码';
COMMENT ON COLUMN core.items.city_code IS '所在市代码';
COMMENT ON COLUMN core.items.deliverable IS '事项代码';
COMMENT ON COLUMN core.items.kind IS '事项种类';
COMMENT ON COLUMN core.items.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN core.items.item_key IS '行的身份：材料为日期、类型、标题，其余为期，清单的答卷加上是哪一条';
COMMENT ON COLUMN core.items.identity IS '清单的哪一条：通知指定的各列的值；别的为空';
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
COMMENT ON COLUMN core.items.notice_key IS '通知代号的摘要';
COMMENT ON COLUMN core.items.group_number IS '材料按什么计数：市、县、类别、类型、日期都相同的同号；不是材料的、零报告为空';

DELETE FROM core.items
USING raw.touched
WHERE items.submission_id = touched.submission_id;

DELETE FROM core.items
USING (
    SELECT
        valid_rows.submission_id,
        valid_rows.table_number,
        valid_rows.row_number
    FROM core.valid_rows
    SEMI JOIN raw.touched_keys ON valid_rows.key_id = touched_keys.key_id
) AS competing
WHERE
    items.submission_id = competing.submission_id
    AND items.table_number = competing.table_number
    AND items.row_number = competing.row_number;

INSERT INTO core.items
WITH
-- Found by their small columns first: what a row says is read of none but these.
ranked AS (
    SELECT valid_rows.*
    FROM core.valid_rows
    WHERE
        valid_rows.rowid IN (
            SELECT found.rowid
            FROM core.valid_rows AS found
            SEMI JOIN raw.touched_keys ON found.key_id = touched_keys.key_id
        )
        AND NOT valid_rows.is_repeat
),

their_files AS (SELECT DISTINCT submission_id FROM ranked),

materials AS (
    SELECT materials.*
    FROM raw.materials
    WHERE
        materials.rowid IN (
            SELECT found.rowid
            FROM raw.materials AS found
            SEMI JOIN their_files ON found.submission_id = their_files.submission_id
        )
),

-- Most identities have one row, which speaks for itself; of these alone it is asked which file speaks when.
contested AS (
    SELECT key_id
    FROM ranked
    GROUP BY key_id
    HAVING count(*) > 1
),

several AS (
    SELECT ranked.*
    FROM ranked
    SEMI JOIN contested ON ranked.key_id = contested.key_id
),

-- The files that hold rows of a key, in order of arrival.
files AS (
    SELECT
        holding.key_id,
        holding.submission_id,
        holding.known_at,
        holding.replaced_at,
        row_number() OVER keyed AS place_in_key,
        lead(holding.known_at) OVER keyed AS next_at,
        count(*) FILTER (holding.replaced_at IS NOT NULL OR holding.known_at <> holding.received_at) OVER (
            keyed ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) AS replacements
    FROM (
        SELECT DISTINCT
            key_id,
            submission_id,
            received_at,
            known_at,
            ranked_at,
            replaced_at
        FROM several
    ) AS holding
    INNER JOIN core.submissions ON holding.submission_id = submissions.submission_id
    INNER JOIN raw.receipts ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
    WINDOW keyed AS (
        PARTITION BY holding.key_id
        ORDER BY
            holding.ranked_at,
            split_part(submissions.path, '#', 1),
            submissions.row_order,
            receipts.scanned_at,
            holding.submission_id
    )
),

firsts AS (
    SELECT
        notice_id,
        recipient_code,
        deliverable,
        period,
        min(received_at) AS first_accepted_at
    FROM ranked
    GROUP BY ALL
),

plain_spans AS (
    SELECT
        key_id,
        submission_id,
        known_at AS current_from,
        coalesce(next_at, TIMESTAMP '9999-12-31') AS current_until
    FROM files
    WHERE replacements = 0
),

moments AS (
    SELECT DISTINCT
        key_id,
        unnest([known_at, replaced_at]) AS moment
    FROM files
    WHERE replacements > 0
),

alive AS (
    SELECT
        moments.key_id,
        moments.moment,
        arg_max(files.submission_id, files.place_in_key) AS submission_id
    FROM moments
    INNER JOIN files ON moments.key_id = files.key_id
    WHERE moments.moment >= files.known_at AND (files.replaced_at IS NULL OR moments.moment < files.replaced_at)
    GROUP BY ALL
),

-- The file that speaks from each moment on; NULL where all were replaced.
speakers AS (
    SELECT
        moments.key_id,
        moments.moment,
        alive.submission_id
    FROM moments
    LEFT JOIN alive ON moments.key_id = alive.key_id AND moments.moment = alive.moment
    WHERE moments.moment IS NOT NULL
),

turns AS (
    SELECT *
    FROM speakers
    QUALIFY submission_id IS DISTINCT FROM lag(submission_id) OVER (PARTITION BY key_id ORDER BY moment)
),

replaced_spans AS (
    SELECT
        key_id,
        submission_id,
        moment AS current_from,
        lead(moment, 1, TIMESTAMP '9999-12-31') OVER (PARTITION BY key_id ORDER BY moment) AS current_until
    FROM turns
),

-- Rows of numbers that a zero word makes zero, and that say nothing besides.
zero_rows AS (
    SELECT DISTINCT
        submission_id,
        table_number,
        row_number
    FROM raw.statistics
    WHERE value_state = 'zero_report'
),

spans AS (
    SELECT * FROM plain_spans
    WHERE current_from < current_until
    UNION ALL
    SELECT * FROM replaced_spans
    WHERE submission_id IS NOT NULL
),

-- A file speaks with those of its rows that are valid then.
speaking AS (
    SELECT
        ranked.*,
        ranked.known_at AS speaks_from,
        TIMESTAMP '9999-12-31' AS speaks_until
    FROM ranked
    ANTI JOIN contested ON ranked.key_id = contested.key_id
    UNION ALL
    SELECT
        ranked.*,
        spans.current_from AS speaks_from,
        spans.current_until AS speaks_until
    FROM several AS ranked
    INNER JOIN spans ON ranked.key_id = spans.key_id AND ranked.submission_id = spans.submission_id
),

found AS (
    SELECT
        ranked.notice_id,
        core.item_id(ranked.submission_id, ranked.deliverable, ranked.table_number, ranked.row_number) AS item_id,
        ranked.submission_id,
        ranked.sheet,
        ranked.table_number,
        ranked.row_number,
        ranked.recipient_code,
        stays.city_code,
        ranked.deliverable,
        deliverables.kind,
        ranked.period,
        core.item_key(
            deliverables.kind,
            ranked.period,
            ranked.row_date,
            coalesce(accepted.material_type, materials.material_type),
            coalesce(accepted.title, materials.title),
            CASE WHEN submissions.answer_key IS NOT NULL THEN list_identities.identity END
        ) AS item_key,
        list_identities.identity,
        ranked.received_at,
        firsts.first_accepted_at,
        greatest(ranked.speaks_from, ranked.known_at) AS current_from,
        least(ranked.speaks_until, coalesce(ranked.replaced_at, ranked.speaks_until)) AS current_until,
        coalesce(materials.is_zero_report, zero_rows.submission_id IS NOT NULL) AS is_zero_report,
        coalesce(accepted.activity_date, materials.activity_date) AS activity_date,
        coalesce(accepted.material_type, materials.material_type) AS material_type,
        list_words.code AS material_type_code,
        CASE
            WHEN ranked.row_number = 0 THEN submissions.document_title
            ELSE coalesce(accepted.title, materials.title)
        END AS title,
        coalesce(accepted.category, materials.category) AS category,
        coalesce(accepted.theme, materials.theme) AS theme,
        coalesce(accepted.county, materials.county) AS county,
        coalesce(accepted.participants, materials.participants) AS participants,
        coalesce(accepted.online_views, materials.online_views) AS online_views
    FROM speaking AS ranked
    INNER JOIN firsts
        ON
            ranked.notice_id = firsts.notice_id
            AND ranked.recipient_code = firsts.recipient_code
            AND ranked.deliverable = firsts.deliverable
            AND ranked.period IS NOT DISTINCT FROM firsts.period
    INNER JOIN core.submissions ON ranked.submission_id = submissions.submission_id
    LEFT JOIN core.periods
        ON
            ranked.notice_id = periods.notice_id
            AND ranked.deliverable = periods.deliverable
            AND ranked.period = periods.period
    -- A row is of the city in which its unit lay in its period.
    INNER JOIN core.recipient_stays AS stays
        ON
            ranked.notice_id = stays.notice_id
            AND ranked.recipient_code = stays.recipient_code
            AND core.counted_on(periods.counted_on, ranked.period, ranked.row_date, ranked.received_at) >= stays.first_day
            AND core.counted_on(periods.counted_on, ranked.period, ranked.row_date, ranked.received_at) < stays.next_day
    INNER JOIN core.deliverables
        ON ranked.notice_id = deliverables.notice_id AND ranked.deliverable = deliverables.deliverable
    LEFT JOIN materials
        ON
            ranked.submission_id = materials.submission_id
            AND ranked.table_number = materials.table_number
            AND ranked.row_number = materials.row_number
    LEFT JOIN core.accepted_materials AS accepted
        ON
            ranked.submission_id = accepted.submission_id
            AND ranked.table_number = accepted.table_number
            AND ranked.row_number = accepted.row_number
    LEFT JOIN core.list_identities
        ON
            ranked.submission_id = list_identities.submission_id
            AND ranked.table_number = list_identities.table_number
            AND ranked.row_number = list_identities.row_number
    LEFT JOIN zero_rows
        ON
            ranked.submission_id = zero_rows.submission_id
            AND ranked.table_number = zero_rows.table_number
            AND ranked.row_number = zero_rows.row_number
    LEFT JOIN core.list_words
        ON
            ranked.notice_id = list_words.notice_id
            AND ranked.deliverable = list_words.deliverable
            AND list_words.column_name = 'material_type'
            AND coalesce(accepted.material_type, materials.material_type) = list_words.word
    WHERE
        ranked.known_at < ranked.speaks_until
        AND (ranked.replaced_at IS NULL OR ranked.replaced_at > greatest(ranked.speaks_from, ranked.known_at))
)

SELECT
    found.*,
    core.notice_key(found.notice_id) AS notice_key,
    NULL AS group_number -- core.material_groups gives it
FROM found;

-- Other rows of a touched period, of identities that were not touched, may have been first or be so no more.
WITH
firsts AS (
    SELECT
        valid_rows.notice_id,
        valid_rows.recipient_code,
        valid_rows.deliverable,
        valid_rows.period,
        min(valid_rows.received_at) AS first_accepted_at
    FROM core.valid_rows
    SEMI JOIN core.touched_periods AS touched_periods
        ON
            valid_rows.notice_id = touched_periods.notice_id
            AND valid_rows.recipient_code = touched_periods.recipient_code
            AND valid_rows.deliverable = touched_periods.deliverable
            AND valid_rows.period IS NOT DISTINCT FROM touched_periods.period
    GROUP BY ALL
)

UPDATE core.items
SET first_accepted_at = firsts.first_accepted_at
FROM firsts
WHERE
    items.notice_id = firsts.notice_id
    AND items.recipient_code = firsts.recipient_code
    AND items.deliverable = firsts.deliverable
    AND items.period IS NOT DISTINCT FROM firsts.period
    AND items.first_accepted_at <> firsts.first_accepted_at;
