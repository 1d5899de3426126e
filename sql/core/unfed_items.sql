-- One row a span of a counted row (core.items) that is compared at the next publish: all of the units in core.unfed_whole, of the
-- others those of the files in raw.unfed_files, which are all rows of their identities. Key: item_id, current_from.
CREATE OR REPLACE MACRO core.unfed_items() AS TABLE
SELECT items.* -- noqa: AM04
FROM core.items
SEMI JOIN core.unfed_whole AS whole ON items.notice_id = whole.notice_id AND items.recipient_code = whole.recipient_code
UNION ALL
SELECT items.*
FROM core.items
-- Found by their small columns first: what an item says is read of none but these.
WHERE items.rowid IN (
    SELECT found.rowid
    FROM core.items AS found
    SEMI JOIN raw.unfed_files AS named
        ON
            found.notice_id = named.notice_id
            AND found.recipient_code = named.recipient_code
            AND found.submission_id = named.submission_id
);
COMMENT ON MACRO TABLE core.unfed_items IS '下次发布时要比对的有效行';
