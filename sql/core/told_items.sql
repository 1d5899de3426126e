-- One row a valid row of materials or of a list that was ever current, with what it says, so that a row sent again is known again.
-- Key: item_id, current_from. said: all that it says beside its identity; place: the how-manieth row of its file that says just that.
-- named: what makes it the same item in another file, its item_key, in a list what the notice says identifies it.
CREATE OR REPLACE MACRO core.told_items(notice) AS TABLE
WITH
cells AS (
    SELECT
        given.submission_id,
        given.table_number,
        given.row_number,
        string_agg(
            concat_ws('=', given.indicator, coalesce(accepted.value, given.value_text, given.value::VARCHAR)),
            chr(31) ORDER BY given.indicator
        ) AS said
    FROM raw.statistics AS given
    LEFT JOIN core.accepted_values AS accepted
        ON
            given.submission_id = accepted.submission_id
            AND given.table_number = accepted.table_number
            AND given.row_number = accepted.row_number
            AND given.indicator = accepted.column_name
    WHERE given.notice_id = notice
    GROUP BY ALL
),

told AS (
    SELECT
        items.*,
        coalesce(accepted.link, materials.link) AS link,
        CASE
            WHEN items.kind = 'list' THEN coalesce(cells.said, '')
            ELSE
                concat_ws(
                    chr(31),
                    coalesce(items.category, ''),
                    coalesce(items.theme, ''),
                    coalesce(items.county, ''),
                    coalesce(items.participants::VARCHAR, ''),
                    coalesce(items.online_views::VARCHAR, ''),
                    coalesce(accepted.link, materials.link, '')
                )
        END AS said,
        CASE
            WHEN items.kind = 'list' THEN concat_ws(chr(31), items.period, coalesce(items.identity, cells.said, ''))
            ELSE items.item_key
        END AS named
    FROM core.items
    LEFT JOIN raw.materials
        ON
            items.submission_id = materials.submission_id
            AND items.table_number = materials.table_number
            AND items.row_number = materials.row_number
    LEFT JOIN core.accepted_materials AS accepted
        ON
            items.submission_id = accepted.submission_id
            AND items.table_number = accepted.table_number
            AND items.row_number = accepted.row_number
    LEFT JOIN cells
        ON
            items.submission_id = cells.submission_id
            AND items.table_number = cells.table_number
            AND items.row_number = cells.row_number
    WHERE items.notice_id = notice AND items.kind IN ('materials', 'list') AND NOT items.is_zero_report
)

SELECT
    told.*, -- noqa: AM04
    dense_rank() OVER (
        PARTITION BY told.submission_id, told.deliverable, told.named, told.said
        ORDER BY told.table_number, told.row_number
    ) AS place
FROM told;
COMMENT ON MACRO TABLE core.told_items IS '曾经有效的材料和清单的行，连同所说的全部：再报一次的认得出是同一行';
