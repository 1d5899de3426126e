-- One row a published row of the units in raw.unfed that is not what the change feed last said of it: what the feed says next.
-- Key: notice_id, relation, row_key. Applying the feed to nothing gives the rows that are published.
-- What did it: the receipt that the row is of now, or that took its place; a decision that the feed does not know yet.
CREATE OR REPLACE VIEW core.feed_changes AS
WITH
-- A counted row is of the receipt with which it was published; core.feed_rows has all files of these receipts.
named_receipts AS (
    SELECT DISTINCT
        named.notice_id,
        named.recipient_code,
        submissions.receipt_id
    FROM raw.unfed_files AS named
    INNER JOIN raw.submissions ON named.submission_id = submissions.submission_id
),

-- Found by their small columns first: what a row says is read of none but these.
its_feed AS (
    SELECT feed.rowid
    FROM core.feed
    SEMI JOIN named_receipts
        ON
            feed.notice_id = named_receipts.notice_id
            AND feed.recipient_code = named_receipts.recipient_code
            AND feed.receipt_id = named_receipts.receipt_id
    WHERE feed.relation = 'counted_rows'
),

asked AS (
    SELECT feed.*
    FROM core.feed
    SEMI JOIN raw.unfed ON feed.notice_id = unfed.notice_id AND feed.recipient_code = unfed.recipient_code
    WHERE feed.relation <> 'counted_rows'
    UNION ALL
    SELECT feed.*
    FROM core.feed
    SEMI JOIN core.unfed_whole AS whole ON feed.notice_id = whole.notice_id AND feed.recipient_code = whole.recipient_code
    WHERE feed.relation = 'counted_rows'
    UNION ALL
    SELECT feed.*
    FROM core.feed
    WHERE feed.rowid IN (SELECT its_feed.rowid FROM its_feed)
),

later AS (
    SELECT feed.previous_seq
    FROM core.feed
    WHERE feed.previous_seq IS NOT NULL
),

said AS (
    SELECT asked.*
    FROM asked
    ANTI JOIN later ON asked.seq = later.previous_seq
    WHERE asked.row_now IS NOT NULL
),

differing AS (
    SELECT
        coalesce(standing.notice_id, said.notice_id) AS notice_id,
        coalesce(standing.relation, said.relation) AS relation,
        coalesce(standing.recipient_code, said.recipient_code) AS recipient_code,
        coalesce(standing.row_key, said.row_key) AS row_key,
        standing.row_now,
        standing.receipt_id,
        said.seq AS previous_seq,
        json_extract_string(said.row_now, 'submission_id') AS submission_before,
        coalesce(
            standing.submission_id,
            json_extract_string(said.row_now, 'submission_id'),
            json_extract_string(said.row_key, 'submission_id')
        ) AS submission_id,
        CASE WHEN standing.row_now IS NULL THEN json_extract_string(said.row_now, 'table_number')::INTEGER END AS table_before,
        CASE WHEN standing.row_now IS NULL THEN json_extract_string(said.row_now, 'row_number')::INTEGER END AS row_before
    FROM core.feed_rows AS standing
    FULL OUTER JOIN said
        ON
            standing.notice_id = said.notice_id
            AND standing.relation = said.relation
            AND standing.row_key = said.row_key
    WHERE standing.row_now IS DISTINCT FROM said.row_now
),

removed AS (
    SELECT
        differing.notice_id,
        differing.recipient_code,
        differing.row_key,
        differing.submission_id,
        differing.table_before,
        differing.row_before,
        json_extract_string(differing.row_key, 'deliverable') AS deliverable,
        json_extract_string(differing.row_key, 'item_key') AS item_key
    FROM differing
    WHERE differing.relation = 'counted_rows' AND differing.row_now IS NULL
),

-- Of everything that is known, what `replacing` looks for: without these it would read all of it.
its_rows AS (
    SELECT valid_rows.*
    FROM core.valid_rows
    SEMI JOIN removed ON valid_rows.submission_id = removed.submission_id
),

its_items AS (
    SELECT items.*
    FROM core.items
    SEMI JOIN removed ON items.notice_id = removed.notice_id AND items.recipient_code = removed.recipient_code
    WHERE items.current_until = TIMESTAMP '9999-12-31'
),

-- What took the place of a row that counts no more: a later version of its path or answer, or the file that speaks now.
replacing AS (
    SELECT
        removed.notice_id,
        removed.row_key,
        coalesce(max(valid_rows.replaced_by), max(items.submission_id)) AS submission_id
    FROM removed
    LEFT JOIN its_rows AS valid_rows
        ON
            removed.submission_id = valid_rows.submission_id
            AND removed.table_before = valid_rows.table_number
            AND removed.row_before = valid_rows.row_number
    LEFT JOIN its_items AS items
        ON
            removed.notice_id = items.notice_id
            AND removed.recipient_code = items.recipient_code
            AND removed.deliverable = items.deliverable
            AND removed.item_key = replace(items.item_key, chr(31), '|')
    GROUP BY ALL
),

new_decisions AS (
    SELECT
        decisions.notice_id,
        decisions.decision_id,
        decisions.position,
        coalesce(decisions.submission_id, undone.submission_id) AS submission_id,
        coalesce(decisions.recipient, undone.recipient) AS recipient,
        coalesce(decisions.deliverable, undone.deliverable) AS deliverable
    FROM core.decisions
    INNER JOIN differing
        ON
            differing.relation = 'decisions'
            AND differing.previous_seq IS NULL
            AND decisions.notice_id = differing.notice_id
            AND decisions.decision_id = json_extract_string(differing.row_key, 'decision_id')
    LEFT JOIN core.decisions AS undone
        ON decisions.notice_id = undone.notice_id AND decisions.undoes = undone.decision_id
),

about_files AS (
    SELECT
        told.submission_id,
        arg_max(told.decision_id, told.position) AS decision_id
    FROM (
        SELECT
            submission_id,
            decision_id,
            position
        FROM new_decisions
        UNION ALL
        SELECT
            readings.submission_id,
            new_decisions.decision_id,
            new_decisions.position
        FROM new_decisions
        INNER JOIN core.decisions
            ON new_decisions.notice_id = decisions.notice_id AND new_decisions.decision_id = decisions.decision_id
        INNER JOIN raw.readings
            ON
                new_decisions.notice_id = readings.notice_id
                AND readings.decision_id IN (new_decisions.decision_id, decisions.undoes)
    ) AS told
    WHERE told.submission_id IS NOT NULL
    GROUP BY told.submission_id
),

about_duties AS (
    SELECT
        new_decisions.notice_id,
        recipients.recipient_code,
        deliverables.deliverable,
        arg_max(new_decisions.decision_id, new_decisions.position) AS decision_id
    FROM new_decisions
    INNER JOIN core.recipients
        ON
            new_decisions.notice_id = recipients.notice_id
            AND list_has_any(
                string_split(new_decisions.recipient, '|'),
                ['all', recipients.recipient_code, 'kind:' || recipients.kind, 'city:' || recipients.city_code]
            )
    INNER JOIN core.deliverables
        ON
            new_decisions.notice_id = deliverables.notice_id
            AND (new_decisions.deliverable IS NULL OR new_decisions.deliverable = deliverables.deliverable)
    GROUP BY ALL
)

SELECT
    differing.notice_id,
    differing.relation,
    differing.recipient_code,
    differing.row_key,
    differing.row_now,
    differing.previous_seq,
    coalesce(differing.receipt_id, causes.receipt_id) AS receipt_id,
    CASE
        WHEN differing.relation = 'decisions'
            THEN coalesce(json_extract_string(differing.row_now, 'undone_by'), json_extract_string(differing.row_key, 'decision_id'))
        ELSE coalesce(about_files.decision_id, about_former.decision_id, about_duties.decision_id)
    END AS decision_id
FROM differing
LEFT JOIN replacing
    ON
        differing.relation = 'counted_rows'
        AND differing.notice_id = replacing.notice_id
        AND differing.row_key = replacing.row_key
LEFT JOIN core.submissions AS causes
    ON
        CASE WHEN differing.relation = 'counted_rows' THEN replacing.submission_id ELSE differing.submission_id END
        = causes.submission_id
LEFT JOIN about_files ON differing.submission_id = about_files.submission_id
LEFT JOIN about_files AS about_former ON differing.submission_before = about_former.submission_id
LEFT JOIN about_duties
    ON
        differing.relation = 'obligations'
        AND differing.notice_id = about_duties.notice_id
        AND differing.recipient_code = about_duties.recipient_code
        AND json_extract_string(differing.row_key, 'deliverable') = about_duties.deliverable;
COMMENT ON VIEW core.feed_changes IS '变更流水接下来要写的：与上次发布的不同的每一行';
COMMENT ON COLUMN core.feed_changes.notice_id IS '通知代号';
COMMENT ON COLUMN core.feed_changes.relation IS '哪一种行';
COMMENT ON COLUMN core.feed_changes.recipient_code IS '单位代码；认不出单位的为空串，不属某一单位的为 *';
COMMENT ON COLUMN core.feed_changes.row_key IS '哪一行：键，JSON';
COMMENT ON COLUMN core.feed_changes.row_now IS '现在的行，JSON；不再有的为空';
COMMENT ON COLUMN core.feed_changes.previous_seq IS '上次发布的那一行的序号；原来没有的为空';
COMMENT ON COLUMN core.feed_changes.receipt_id IS '由哪份收件；没有的为空';
COMMENT ON COLUMN core.feed_changes.decision_id IS '由哪个决定；没有的为空';
