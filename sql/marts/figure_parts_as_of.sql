-- One row what a figure of marts.figures_as_of is made of, as of a moment. Key: city_code, figure, part, part_key, item_id.
-- Σ amount (part = counted), over Σ amount (part = denominator) where there is one, is the figure.
-- submission_id, sheet and row_number are of the row that counts, or of the first that met the obligation; NULL where
-- there is none. due_at and status are NULL where no obligation is counted, column_name where no column is read.
-- 指标 amount：这一行（单位、应报项）给这个数加多少；part 为 denominator 的加在分母上 | 分母：不适用 | 空值：不会为空
-- 示例 由组成重新算出每个数
--   SELECT
--       city_code, figure,
--       sum(amount) FILTER (part = 'counted') AS counted,
--       sum(amount) FILTER (part = 'denominator') AS denominator
--   FROM marts.figure_parts_as_of($notice, $t)
--   GROUP BY ALL
CREATE OR REPLACE MACRO marts.figure_parts_as_of(notice, t) AS TABLE
WITH
parts AS (
    SELECT * FROM core.material_parts_at(notice, t, NULL, NULL)
    UNION ALL BY NAME
    SELECT * FROM core.reporting_parts_at(notice, t, NULL, NULL)
)

SELECT
    parts.city_code,
    parts.figure,
    parts.part,
    parts.part_key,
    parts.amount::BIGINT AS amount,
    parts.recipient_code,
    parts.deliverable,
    parts.period,
    parts.due_at,
    parts.status,
    parts.column_name,
    parts.submission_id,
    parts.sheet,
    parts.row_number,
    parts.item_id
FROM parts;
COMMENT ON MACRO TABLE marts.figure_parts_as_of IS '某一时刻每个数由什么合成：amount 相加即得，比率再除以分母';
