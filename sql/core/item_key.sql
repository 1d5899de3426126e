-- What identifies a valid row within its unit and deliverable (contract section 6): a material's date, type and title, for
-- anything else its period, or its date where that is in none. A list's file speaks for its whole period; each answer to a form
-- (apart: what identifies its row in the list, else NULL) for what it names.
CREATE OR REPLACE MACRO core.item_key(kind, period, row_date, material_type, title, apart) AS
CASE
    WHEN kind = 'materials' THEN concat_ws(chr(31), row_date, material_type, title)
    ELSE concat_ws(chr(31), coalesce(period, row_date::VARCHAR, ''), CASE WHEN kind = 'list' THEN apart END)
END;
COMMENT ON MACRO core.item_key IS '行的身份：材料为日期、类型、标题，其余为期，清单的答卷加上是哪一条';
