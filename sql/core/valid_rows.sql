-- One row a valid row of a submission that counts: whose it is, its period and what identifies it (contract section 6).
-- Key: submission_id, table_number, row_number, known_at: a row that a person accepted, withdrew or gave to another unit is
-- valid in the spans of core.decided_rows, any other from its arrival on. Which of those with one identity is current when: core.items.
-- A row that a later version of the same path, or of the same form answer, did away with has replaced_at and replaced_by.
-- Refreshed for the submissions in raw.touched; what they say, and said before, is in raw.touched_keys.
CREATE TABLE IF NOT EXISTS core.valid_rows (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    sheet VARCHAR NOT NULL,
    table_number INTEGER NOT NULL,
    row_number INTEGER NOT NULL,
    recipient_code VARCHAR NOT NULL,
    deliverable VARCHAR NOT NULL,
    period VARCHAR,
    row_date DATE,
    key_id UHUGEINT NOT NULL,
    received_at TIMESTAMP NOT NULL,
    known_at TIMESTAMP NOT NULL,
    ranked_at TIMESTAMP NOT NULL,
    replaced_at TIMESTAMP,
    replaced_by VARCHAR,
    is_taken_back BOOLEAN NOT NULL,
    is_repeat BOOLEAN NOT NULL,
    withdrawn_at TIMESTAMP
);
COMMENT ON TABLE core.valid_rows IS '有效行：曾经有效和现在有效的都在';
COMMENT ON COLUMN core.valid_rows.notice_id IS '通知代号';
COMMENT ON COLUMN core.valid_rows.submission_id IS '报送件编号';
COMMENT ON COLUMN core.valid_rows.sheet IS '工作表名；文档为空串';
COMMENT ON COLUMN core.valid_rows.table_number IS '件内第几张表；文档为 0';
COMMENT ON COLUMN core.valid_rows.row_number IS '在表中的行号；文档为 0';
COMMENT ON COLUMN core.valid_rows.recipient_code IS '单位代码';
COMMENT ON COLUMN core.valid_rows.deliverable IS '事项代码';
COMMENT ON COLUMN core.valid_rows.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN core.valid_rows.row_date IS '行里写的日期；没有日期的为空';
COMMENT ON COLUMN core.valid_rows.key_id IS '行的身份的摘要：单位、事项和 core.item_key 都相同的行，摘要相同';
COMMENT ON COLUMN core.valid_rows.received_at IS '收到时间';
COMMENT ON COLUMN core.valid_rows.known_at IS '从何时起有效：收到之时，或人的决定之时';
COMMENT ON COLUMN core.valid_rows.ranked_at IS '与别的文件比先后用的时刻：收到和决定之中较晚的';
COMMENT ON COLUMN core.valid_rows.is_taken_back IS '有效到 replaced_at 为止，是否因为人的决定（撤回、改认、取消）';
COMMENT ON COLUMN core.valid_rows.replaced_at IS '从何时起被同一路径或同一份答卷的后一版取代，不论写了什么；没有的为空';
COMMENT ON COLUMN core.valid_rows.replaced_by IS '取代它的那一版的报送件编号；没有的为空';
COMMENT ON COLUMN core.valid_rows.is_repeat IS '是否与同一件里前面一行每一列都相同：这样的行只计一次';
COMMENT ON COLUMN core.valid_rows.withdrawn_at IS '这份答卷从何时起在表单服务上被删除或拒绝，从此不算报过；没有的为空';

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
WITH
-- An answer that was taken back on its service and is there again: it is as punctual as it was at first.
restored AS (
    SELECT
        again.submission_id,
        min(before.received_at) AS first_received_at
    FROM raw.submissions AS again
    INNER JOIN raw.touched ON again.submission_id = touched.submission_id
    INNER JOIN raw.submissions AS before
        ON
            again.notice_id = before.notice_id
            AND again.answer_key = before.answer_key
            AND again.received_at > before.received_at
    INNER JOIN raw.submissions AS withdrawal
        ON
            again.notice_id = withdrawal.notice_id
            AND again.answer_key = withdrawal.answer_key
            AND again.received_at >= withdrawal.received_at
            AND before.received_at <= withdrawal.received_at
            AND withdrawal.outcome = 'ignored'
    WHERE again.outcome = 'read' AND before.outcome = 'read'
    GROUP BY again.submission_id
),

counting AS (
    SELECT
        submissions.* REPLACE (coalesce(restored.first_received_at, submissions.received_at) AS received_at),
        submissions.received_at AS arrived_at,
        receipts.source,
        receipts.scanned_at
    FROM core.submissions
    INNER JOIN raw.touched ON submissions.submission_id = touched.submission_id
    LEFT JOIN restored ON submissions.submission_id = restored.submission_id
    INNER JOIN raw.receipts ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
    WHERE
        submissions.state IN ('accepted', 'partly accepted')
        OR submissions.submission_id IN (SELECT decided_rows.submission_id FROM core.decided_rows)
),

-- Of these, decisions of people say which rows are valid when.
decided AS (
    SELECT DISTINCT decided_files.submission_id
    FROM core.decided_files
    INNER JOIN counting ON decided_files.submission_id = counting.submission_id
),

faulty_rows AS (
    SELECT DISTINCT
        verdicts.submission_id,
        verdicts.table_number,
        verdicts.row_number
    FROM raw.verdicts
    INNER JOIN counting ON verdicts.submission_id = counting.submission_id
    WHERE verdicts.severity = 'error'
),

-- Found by their small columns first: what a material says is read of none but these.
materials AS (
    SELECT materials.*
    FROM raw.materials
    WHERE
        materials.rowid IN (
            SELECT found.rowid
            FROM raw.materials AS found
            SEMI JOIN counting ON found.submission_id = counting.submission_id
        )
),

statistics AS (
    SELECT
        submission_id,
        table_number,
        row_number,
        period_date,
        occurred_at,
        list((indicator, value, value_text) ORDER BY indicator) AS indicators,
        bool_or(value > 0) AS has_count
    FROM raw.statistics
    WHERE submission_id IN (SELECT counting.submission_id FROM counting)
    GROUP BY ALL
),

sent AS (
    SELECT
        rows.submission_id,
        rows.deliverable,
        rows.sheet,
        rows.table_number,
        rows.row_number,
        rows.row_order,
        faulty_rows.submission_id IS NOT NULL AS is_faulty,
        coalesce(
            accepted.activity_date, materials.activity_date, accepted.period_date, statistics.period_date
        ) AS row_date,
        coalesce(accepted.occurred_at, statistics.occurred_at) AS occurred_at,
        coalesce(accepted.material_type, materials.material_type) AS material_type,
        coalesce(accepted.title, materials.title) AS title,
        list_identities.identity,
        -- Rows of a list that are equal are one item, whatever it counts.
        coalesce(
            materials.participants > 0 OR materials.online_views > 0, list_identities.identity IS NOT NULL OR statistics.has_count, FALSE
        ) AS has_count,
        materials.category,
        materials.theme,
        materials.county,
        materials.participants,
        materials.online_views,
        materials.link,
        statistics.indicators,
        hash(
            rows.submission_id,
            materials.title,
            materials.category,
            materials.theme,
            materials.county,
            materials.participants,
            materials.online_views,
            materials.link,
            statistics.indicators
        ) AS likeness
    FROM raw.rows
    INNER JOIN counting ON rows.submission_id = counting.submission_id
    LEFT JOIN materials
        ON
            rows.submission_id = materials.submission_id
            AND rows.table_number = materials.table_number
            AND rows.row_number = materials.row_number
    LEFT JOIN statistics
        ON
            rows.submission_id = statistics.submission_id
            AND rows.table_number = statistics.table_number
            AND rows.row_number = statistics.row_number
    LEFT JOIN core.list_identities
        ON
            rows.submission_id = list_identities.submission_id
            AND rows.table_number = list_identities.table_number
            AND rows.row_number = list_identities.row_number
    LEFT JOIN core.accepted_materials AS accepted
        ON
            rows.submission_id = accepted.submission_id
            AND rows.table_number = accepted.table_number
            AND rows.row_number = accepted.row_number
    LEFT JOIN faulty_rows
        ON
            rows.submission_id = faulty_rows.submission_id
            AND rows.table_number = faulty_rows.table_number
            AND rows.row_number = faulty_rows.row_number
    UNION ALL BY NAME
    SELECT
        submission_id,
        document AS deliverable,
        '' AS sheet,
        0 AS table_number,
        0 AS row_number,
        0 AS row_order,
        FALSE AS is_faulty,
        FALSE AS has_count
    FROM counting
    WHERE document IS NOT NULL
),

identified AS (
    SELECT
        sent.submission_id,
        sent.deliverable,
        sent.sheet,
        sent.table_number,
        sent.row_number,
        sent.row_order,
        sent.is_faulty,
        coalesce(sent.row_date, sent.occurred_at::DATE) AS row_date,
        counting.notice_id,
        counting.recipient_code,
        counting.received_at,
        counting.arrived_at,
        coalesce(periods.period, core.event_key(sent.occurred_at)) AS period,
        coalesce(periods.period, core.event_key(sent.occurred_at), sent.row_date::VARCHAR, '') AS period_or_date,
        md5_number(
            concat_ws(
                chr(30),
                counting.notice_id,
                counting.recipient_code,
                sent.deliverable,
                core.item_key(
                    deliverables.kind,
                    coalesce(periods.period, core.event_key(sent.occurred_at)),
                    sent.row_date,
                    sent.material_type,
                    sent.title,
                    CASE WHEN counting.answer_key IS NOT NULL THEN sent.identity END
                )
            )
        ) AS key_id
    FROM sent
    INNER JOIN counting ON sent.submission_id = counting.submission_id
    INNER JOIN core.deliverables
        ON counting.notice_id = deliverables.notice_id AND sent.deliverable = deliverables.deliverable
    LEFT JOIN core.period_choices AS choices
        ON sent.submission_id = choices.submission_id AND sent.deliverable = choices.deliverable
    LEFT JOIN core.periods
        ON
            counting.notice_id = periods.notice_id
            AND sent.deliverable = periods.deliverable
            AND (
                periods.first_day IS NULL
                OR choices.period = periods.period
                OR sent.row_date BETWEEN periods.first_day AND periods.last_day
            )
),

-- A row of a submission that nobody decided about is valid from its arrival on, or never.
keyed AS (
    SELECT
        identified.* EXCLUDE (is_faulty, arrived_at),
        CASE WHEN decided.submission_id IS NULL THEN identified.is_faulty ELSE spans.known_from IS NULL END AS is_faulty,
        coalesce(spans.known_from, identified.arrived_at) AS known_at,
        coalesce(spans.ranked_at, identified.arrived_at) AS ranked_at,
        nullif(spans.known_until, TIMESTAMP '9999-12-31') AS taken_back_at
    FROM identified
    LEFT JOIN decided ON identified.submission_id = decided.submission_id
    LEFT JOIN core.decided_rows AS spans
        ON
            identified.submission_id = spans.submission_id
            AND identified.table_number = spans.table_number
            AND identified.row_number = spans.row_number
),

-- Equal in every field, with a count above 0: all but the first of one file. Few are alike, and only these are compared field by field.
alike AS (
    SELECT likeness
    FROM sent
    WHERE has_count AND NOT is_faulty
    GROUP BY likeness
    HAVING count(*) > 1
),

equal_rows AS (
    SELECT
        submission_id,
        list_sort(list(row_order)) AS places
    FROM sent
    SEMI JOIN alike ON sent.likeness = alike.likeness
    WHERE has_count AND NOT is_faulty
    GROUP BY
        submission_id,
        deliverable,
        row_date,
        material_type,
        title,
        category,
        theme,
        county,
        participants,
        online_views,
        link,
        indicators
    HAVING count(*) > 1
),

repeats AS (
    SELECT
        submission_id,
        unnest(places[2:]) AS row_order
    FROM equal_rows
),

-- Versions of one path, from one unit; only where there are several.
versions AS (
    SELECT
        submission_id,
        received_at,
        row_number() OVER (
            PARTITION BY notice_id, source, path, recipient_code ORDER BY received_at, scanned_at, submission_id
        ) AS version,
        md5_number(concat_ws(chr(30), notice_id, source, path, recipient_code)) AS path_id
    FROM counting
    WHERE answer_key IS NULL
    QUALIFY count(*) OVER (PARTITION BY notice_id, source, path, recipient_code) > 1
),

-- When each version says something of a period.
speaking AS (
    SELECT DISTINCT
        versions.submission_id,
        versions.version,
        versions.path_id,
        keyed.deliverable,
        keyed.period_or_date,
        keyed.known_at AS speaks_at,
        coalesce(keyed.taken_back_at, TIMESTAMP '9999-12-31') AS speaks_until
    FROM keyed
    INNER JOIN versions ON keyed.submission_id = versions.submission_id
    WHERE NOT keyed.is_faulty
),

-- Since when a version says something valid of a key: arrival or acceptance.
said AS (
    SELECT
        submission_id,
        key_id,
        min(known_at) AS said_at
    FROM keyed
    WHERE NOT is_faulty AND submission_id IN (SELECT versions.submission_id FROM versions)
    GROUP BY ALL
),

-- What a rejected row of a version bears, and no valid one of it, is not done away with by that version.
kept AS (
    SELECT DISTINCT
        keyed.submission_id,
        keyed.key_id
    FROM keyed
    SEMI JOIN versions ON keyed.submission_id = versions.submission_id
    ANTI JOIN said ON keyed.submission_id = said.submission_id AND keyed.key_id = said.key_id
    WHERE keyed.is_faulty
),

overwritten AS (
    SELECT DISTINCT
        versions.submission_id,
        versions.path_id,
        versions.version,
        keyed.deliverable,
        keyed.period_or_date,
        keyed.key_id
    FROM keyed
    INNER JOIN versions ON keyed.submission_id = versions.submission_id
    WHERE NOT keyed.is_faulty
),

replaced_by_path AS (
    SELECT
        overwritten.submission_id,
        overwritten.key_id,
        arg_min(speaking.submission_id, (speaking.version, speaking.speaks_at)) AS replaced_by,
        arg_min(greatest(speaking.speaks_at, said.said_at), (speaking.version, speaking.speaks_at)) AS replaced_at
    FROM overwritten
    INNER JOIN speaking
        ON
            overwritten.path_id = speaking.path_id
            AND overwritten.deliverable = speaking.deliverable
            AND overwritten.period_or_date = speaking.period_or_date
            AND overwritten.version < speaking.version
    ANTI JOIN kept ON speaking.submission_id = kept.submission_id AND overwritten.key_id = kept.key_id
    LEFT JOIN said ON speaking.submission_id = said.submission_id AND overwritten.key_id = said.key_id
    GROUP BY ALL
),

-- A version that a person took back says nothing any more: from then on, until a later one speaks, the earlier rows stand.
revived AS (
    SELECT
        overwritten.submission_id,
        overwritten.key_id,
        ended.speaks_until AS revived_at,
        min(following.speaks_at) AS again_at,
        arg_min(following.submission_id, following.speaks_at) AS again_by
    FROM overwritten
    INNER JOIN speaking AS ended
        ON
            overwritten.path_id = ended.path_id
            AND overwritten.deliverable = ended.deliverable
            AND overwritten.period_or_date = ended.period_or_date
            AND overwritten.version < ended.version
            AND ended.speaks_until < TIMESTAMP '9999-12-31'
    ANTI JOIN speaking AS going_on
        ON
            overwritten.path_id = going_on.path_id
            AND overwritten.deliverable = going_on.deliverable
            AND overwritten.period_or_date = going_on.period_or_date
            AND overwritten.version < going_on.version
            AND ended.speaks_until >= going_on.speaks_at
            AND ended.speaks_until < going_on.speaks_until
    LEFT JOIN speaking AS following
        ON
            overwritten.path_id = following.path_id
            AND overwritten.deliverable = following.deliverable
            AND overwritten.period_or_date = following.period_or_date
            AND overwritten.version < following.version
            AND ended.speaks_until < following.speaks_at
    GROUP BY ALL
),

-- A faulty version of an answer replaces nothing; a withdrawal of it (ignored, without rows) does.
replaced_by_answer AS (
    SELECT
        submission_id,
        lead(submission_id) OVER answered AS replaced_by,
        lead(received_at) OVER answered AS replaced_at,
        min(CASE WHEN outcome = 'ignored' THEN received_at END) OVER (
            PARTITION BY notice_id, answer_key
            ORDER BY received_at, path, row_order
            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS withdrawn_at
    FROM raw.submissions
    WHERE
        answer_key IN (SELECT counting.answer_key FROM counting)
        AND outcome IN ('read', 'ignored')
        AND NOT EXISTS (
            SELECT 1 FROM raw.verdicts
            WHERE verdicts.submission_id = submissions.submission_id AND verdicts.severity = 'error'
        )
    WINDOW answered AS (PARTITION BY notice_id, answer_key ORDER BY received_at, path, row_order)
),

standing AS (
    SELECT
        keyed.*,
        keyed.known_at AS stands_from,
        coalesce(replaced_by_answer.replaced_at, replaced_by_path.replaced_at) AS replaced_at,
        coalesce(replaced_by_answer.replaced_by, replaced_by_path.replaced_by) AS replaced_by,
        replaced_by_answer.withdrawn_at
    FROM keyed
    LEFT JOIN replaced_by_answer ON keyed.submission_id = replaced_by_answer.submission_id
    LEFT JOIN replaced_by_path
        ON keyed.submission_id = replaced_by_path.submission_id AND keyed.key_id = replaced_by_path.key_id
    WHERE NOT keyed.is_faulty
    UNION ALL
    SELECT
        keyed.*,
        revived.revived_at AS stands_from,
        revived.again_at AS replaced_at,
        revived.again_by AS replaced_by,
        NULL AS withdrawn_at
    FROM keyed
    INNER JOIN revived ON keyed.submission_id = revived.submission_id AND keyed.key_id = revived.key_id
    WHERE
        NOT keyed.is_faulty
        AND revived.revived_at > keyed.known_at
        AND (keyed.taken_back_at IS NULL OR revived.revived_at < keyed.taken_back_at)
)

SELECT
    standing.notice_id,
    standing.submission_id,
    standing.sheet,
    standing.table_number,
    standing.row_number,
    standing.recipient_code,
    standing.deliverable,
    standing.period,
    standing.row_date,
    standing.key_id,
    standing.received_at,
    standing.stands_from AS known_at,
    standing.ranked_at,
    least(standing.replaced_at, standing.taken_back_at) AS replaced_at,
    CASE WHEN (standing.taken_back_at <= standing.replaced_at) IS NOT TRUE THEN standing.replaced_by END AS replaced_by,
    coalesce(
        standing.taken_back_at <= coalesce(standing.replaced_at, TIMESTAMP '9999-12-31'),
        FALSE
    ) AS is_taken_back,
    repeats.row_order IS NOT NULL AS is_repeat,
    standing.withdrawn_at
FROM standing
LEFT JOIN repeats ON standing.submission_id = repeats.submission_id AND standing.row_order = repeats.row_order;

INSERT INTO raw.touched_keys
SELECT DISTINCT
    valid_rows.notice_id,
    valid_rows.recipient_code,
    valid_rows.deliverable,
    valid_rows.period,
    valid_rows.key_id
FROM core.valid_rows
INNER JOIN raw.touched ON valid_rows.submission_id = touched.submission_id;
