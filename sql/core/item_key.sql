-- What identifies a valid row within its unit and deliverable (contract section 6): a material's date, type and title, for
-- anything else its period, or its date where that is in none.
CREATE OR REPLACE MACRO core.item_key(kind, period, row_date, material_type, title) AS
CASE
    WHEN kind = 'materials' THEN concat_ws(chr(31), row_date, material_type, title)
    ELSE coalesce(period, row_date::VARCHAR, '')
END;
COMMENT ON MACRO core.item_key IS '行的身份：材料为日期、类型、标题，其余为期';
