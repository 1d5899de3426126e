-- One row a valid row that is current at a moment. Key: item_id.
CREATE OR REPLACE MACRO core.items_at(notice, t) AS TABLE
SELECT items.* FROM core.items -- noqa: AM04
WHERE items.notice_id = notice AND items.current_from <= t AND items.current_until > t;
COMMENT ON MACRO TABLE core.items_at IS '某一时刻有效的行';
