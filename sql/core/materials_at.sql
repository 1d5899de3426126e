-- One row a material that is current at a moment, zero reports apart. Key: item_id.
CREATE OR REPLACE MACRO core.materials_at(notice, t) AS TABLE
SELECT items.* FROM core.items_at(notice, t) AS items -- noqa: AM04
WHERE items.kind = 'materials' AND NOT items.is_zero_report;
COMMENT ON MACRO TABLE core.materials_at IS '某一时刻有效的材料，不含零报告';
