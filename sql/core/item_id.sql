-- The id of a valid row (core.items.item_id), from where it stands.
CREATE OR REPLACE MACRO core.item_id(submission_id, deliverable, table_number, row_number) AS
md5(concat_ws(chr(31), submission_id, deliverable, table_number, row_number));
COMMENT ON MACRO core.item_id IS '有效行编号，由它所在之处算出';
