-- One row a cell that a later receipt or a decision changed, old and new: of rows that counted before and were taken the place
-- of, or away. Key: notice_id, recipient_code, deliverable, item_key, changed_at, place, column_name, indicator.
-- Rows of one identity are compared in the order of their files. Rows with the same values change nothing and are not here.
CREATE OR REPLACE VIEW core.cell_changes AS
WITH
spans AS (
    SELECT
        items.*,
        materials.link,
        plans.plan_title,
        plans.column_url,
        row_number() OVER (
            PARTITION BY
                items.notice_id,
                items.recipient_code,
                items.deliverable,
                items.item_key,
                items.identity,
                items.submission_id,
                items.current_from
            ORDER BY items.table_number, items.row_number
        ) AS place
    FROM core.items
    LEFT JOIN raw.materials
        ON
            items.submission_id = materials.submission_id
            AND items.table_number = materials.table_number
            AND items.row_number = materials.row_number
    LEFT JOIN raw.plans
        ON
            items.submission_id = plans.submission_id
            AND items.table_number = plans.table_number
            AND items.row_number = plans.row_number
),

ended AS (
    SELECT * FROM spans
    WHERE current_until < TIMESTAMP '9999-12-31'
),

-- What took the place of something: the first rows of an identity are new, not corrected.
began AS (
    SELECT spans.*
    FROM spans
    SEMI JOIN ended
        ON
            spans.notice_id = ended.notice_id
            AND spans.recipient_code = ended.recipient_code
            AND spans.deliverable = ended.deliverable
            AND spans.item_key = ended.item_key
            AND spans.current_from = ended.current_until
),

pairs AS (
    SELECT
        coalesce(after.notice_id, before.notice_id) AS notice_id,
        coalesce(after.recipient_code, before.recipient_code) AS recipient_code,
        coalesce(after.deliverable, before.deliverable) AS deliverable,
        coalesce(after.item_key, before.item_key) AS item_key,
        coalesce(after.period, before.period) AS period,
        coalesce(after.title, before.title, after.identity, before.identity) AS title,
        coalesce(after.place, before.place) AS place,
        coalesce(after.current_from, before.current_until) AS changed_at,
        CASE
            WHEN after.item_id IS NULL THEN 'removed'
            WHEN before.item_id IS NULL THEN 'added'
            ELSE 'changed'
        END AS change,
        before.submission_id AS submission_before,
        before.sheet AS sheet_before,
        before.table_number AS table_before,
        before.row_number AS row_before,
        after.submission_id AS submission_after,
        after.sheet AS sheet_after,
        after.table_number AS table_after,
        after.row_number AS row_after,
        [
                { 'column_name': 'activity_date', 'value_before': before.activity_date::VARCHAR, 'value_after': after.activity_date::VARCHAR },
                { 'column_name': 'material_type', 'value_before': before.material_type, 'value_after': after.material_type },
                { 'column_name': 'title', 'value_before': before.title, 'value_after': after.title },
                { 'column_name': 'category', 'value_before': before.category, 'value_after': after.category },
                { 'column_name': 'theme', 'value_before': before.theme, 'value_after': after.theme },
                { 'column_name': 'county', 'value_before': before.county, 'value_after': after.county },
                { 'column_name': 'participants', 'value_before': before.participants::VARCHAR, 'value_after': after.participants::VARCHAR },
                { 'column_name': 'online_views', 'value_before': before.online_views::VARCHAR, 'value_after': after.online_views::VARCHAR },
                { 'column_name': 'link', 'value_before': before.link, 'value_after': after.link },
                { 'column_name': 'plan_title', 'value_before': before.plan_title, 'value_after': after.plan_title },
                { 'column_name': 'column_url', 'value_before': before.column_url, 'value_after': after.column_url },
                { 'column_name': 'is_zero_report', 'value_before': before.is_zero_report::VARCHAR, 'value_after': after.is_zero_report::VARCHAR }
        ] AS cells
    FROM ended AS before
    FULL OUTER JOIN began AS after
        ON
            before.notice_id = after.notice_id
            AND before.recipient_code = after.recipient_code
            AND before.deliverable = after.deliverable
            AND before.item_key = after.item_key
            AND before.current_until = after.current_from
            AND before.place = after.place
            AND before.identity IS NOT DISTINCT FROM after.identity
),

changed_cells AS (
    SELECT
        opened.* EXCLUDE (cells, cell),
        opened.cell.column_name,
        opened.cell.value_before,
        opened.cell.value_after,
        NULL AS indicator
    FROM (
        SELECT
            pairs.*,
            unnest(pairs.cells) AS cell
        FROM pairs
    ) AS opened
    UNION ALL
    SELECT
        pairs.* EXCLUDE (cells),
        'value' AS column_name,
        coalesce(given_before.value_text, given_before.value::VARCHAR) AS value_before,
        coalesce(given_after.value_text, given_after.value::VARCHAR) AS value_after,
        indicators.indicator
    FROM pairs
    INNER JOIN core.indicators
        ON pairs.notice_id = indicators.notice_id AND pairs.deliverable = indicators.deliverable
    LEFT JOIN raw.statistics AS given_before
        ON
            pairs.submission_before = given_before.submission_id
            AND pairs.table_before = given_before.table_number
            AND pairs.row_before = given_before.row_number
            AND indicators.indicator = given_before.indicator
    LEFT JOIN raw.statistics AS given_after
        ON
            pairs.submission_after = given_after.submission_id
            AND pairs.table_after = given_after.table_number
            AND pairs.row_after = given_after.row_number
            AND indicators.indicator = given_after.indicator
),

-- What did it: the receipt whose row counts now, or that did away with the old one; else a decision about either.
replaced AS (
    SELECT
        valid_rows.submission_id,
        valid_rows.table_number,
        valid_rows.row_number,
        valid_rows.replaced_at,
        any_value(valid_rows.replaced_by) AS replaced_by
    FROM core.valid_rows
    WHERE valid_rows.replaced_by IS NOT NULL
    GROUP BY ALL
),

decided AS (
    SELECT
        decisions.notice_id,
        decisions.submission_id,
        decisions.decided_at,
        min(decisions.decision_id) AS decision_id
    FROM core.decisions
    GROUP BY ALL
)

SELECT
    changed_cells.notice_id,
    changed_cells.changed_at,
    changed_cells.recipient_code,
    changed_cells.deliverable,
    changed_cells.period,
    changed_cells.item_key,
    changed_cells.place,
    changed_cells.title,
    changed_cells.change,
    changed_cells.column_name,
    changed_cells.indicator,
    changed_cells.value_before,
    changed_cells.value_after,
    coalesce(decided_after.decision_id, decided_before.decision_id) AS decision_id,
    causes.submission_id,
    causes.receipt_id,
    causes.path AS path_after,
    changed_cells.sheet_after,
    changed_cells.row_after,
    origins.path AS path_before,
    changed_cells.sheet_before,
    changed_cells.row_before
FROM changed_cells
LEFT JOIN replaced
    ON
        changed_cells.submission_before = replaced.submission_id
        AND changed_cells.table_before = replaced.table_number
        AND changed_cells.row_before = replaced.row_number
        AND changed_cells.changed_at = replaced.replaced_at
LEFT JOIN core.submissions AS causes
    ON coalesce(changed_cells.submission_after, replaced.replaced_by) = causes.submission_id
LEFT JOIN core.submissions AS origins ON changed_cells.submission_before = origins.submission_id
LEFT JOIN decided AS decided_after
    ON
        changed_cells.notice_id = decided_after.notice_id
        AND changed_cells.submission_after = decided_after.submission_id
        AND changed_cells.changed_at = decided_after.decided_at
LEFT JOIN decided AS decided_before
    ON
        changed_cells.notice_id = decided_before.notice_id
        AND changed_cells.submission_before = decided_before.submission_id
        AND changed_cells.changed_at = decided_before.decided_at
WHERE changed_cells.value_before IS DISTINCT FROM changed_cells.value_after;
COMMENT ON VIEW core.cell_changes IS '每一格的更正：从什么改成了什么，被什么改的';
COMMENT ON COLUMN core.cell_changes.notice_id IS '通知代号';
COMMENT ON COLUMN core.cell_changes.changed_at IS '从何时起改了';
COMMENT ON COLUMN core.cell_changes.recipient_code IS '单位代码';
COMMENT ON COLUMN core.cell_changes.deliverable IS '事项代码';
COMMENT ON COLUMN core.cell_changes.period IS '所属期；不属任何一期的为空';
COMMENT ON COLUMN core.cell_changes.item_key IS '行的身份：材料为日期、类型、标题，其余为期';
COMMENT ON COLUMN core.cell_changes.place IS '同一身份的第几行';
COMMENT ON COLUMN core.cell_changes.title IS '标题，清单的是哪一条；没有的为空';
COMMENT ON COLUMN core.cell_changes.change IS 'changed 改了、removed 这一行不再计、added 同一身份多了一行';
COMMENT ON COLUMN core.cell_changes.column_name IS '哪一列；统计表为 value';
COMMENT ON COLUMN core.cell_changes.indicator IS '统计表的哪项指标；别的为空';
COMMENT ON COLUMN core.cell_changes.value_before IS '原来的值；没有的为空';
COMMENT ON COLUMN core.cell_changes.value_after IS '改后的值；没有的为空';
COMMENT ON COLUMN core.cell_changes.decision_id IS '由哪个决定改的；不是决定的为空';
COMMENT ON COLUMN core.cell_changes.submission_id IS '由哪件报送改的；只由决定改的为空';
COMMENT ON COLUMN core.cell_changes.receipt_id IS '它属于哪份收件';
COMMENT ON COLUMN core.cell_changes.path_after IS '它的路径';
COMMENT ON COLUMN core.cell_changes.sheet_after IS '改后的值在哪张工作表；行被取消的为空';
COMMENT ON COLUMN core.cell_changes.row_after IS '改后的值在哪一行；行被取消的为空';
COMMENT ON COLUMN core.cell_changes.path_before IS '原来的值在哪个文件；新增的为空';
COMMENT ON COLUMN core.cell_changes.sheet_before IS '原来的值在哪张工作表';
COMMENT ON COLUMN core.cell_changes.row_before IS '原来的值在哪一行';
