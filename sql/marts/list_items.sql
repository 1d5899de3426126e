-- One row an item of a list that is current now. Key: item_id. Defined in list_items_as_of.
-- 示例 各单位报了哪些，各出自哪一行
--   SELECT recipient, period, identity, cells, path, sheet, row_number
--   FROM marts.list_items WHERE notice_id = $notice
CREATE OR REPLACE VIEW marts.list_items AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.item_id,
    latest.recipient_code,
    latest.recipient,
    latest.city_code,
    latest.deliverable,
    latest.period,
    latest.identity,
    latest.cells,
    latest.path,
    latest.sheet,
    latest.row_number,
    latest.received_at
FROM core.last_scans
CROSS JOIN LATERAL marts.list_items_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.list_items IS '清单：当前有效的每一条，各列按表头取';
COMMENT ON COLUMN marts.list_items.notice_id IS '通知代号';
COMMENT ON COLUMN marts.list_items.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.list_items.item_id IS '有效行编号';
COMMENT ON COLUMN marts.list_items.recipient_code IS '单位代码';
COMMENT ON COLUMN marts.list_items.recipient IS '单位名称';
COMMENT ON COLUMN marts.list_items.city_code IS '所在市代码';
COMMENT ON COLUMN marts.list_items.deliverable IS '事项代码';
COMMENT ON COLUMN marts.list_items.period IS '期：该期首日；只报一次的为空串';
COMMENT ON COLUMN marts.list_items.identity IS '哪一条：通知指定的各列的值，以“ / ”相隔';
COMMENT ON COLUMN marts.list_items.cells IS '各列的值（JSON），按表头取；没有填的不在里面，个人信息只有代号';
COMMENT ON COLUMN marts.list_items.path IS '出自哪个文件';
COMMENT ON COLUMN marts.list_items.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.list_items.row_number IS '行号';
COMMENT ON COLUMN marts.list_items.received_at IS '收到时间（通知所在时区）';
