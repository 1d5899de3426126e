-- One row a received data row or document, and one a file without any, with what had become of it at a moment.
-- Key: submission_id, table_number, row_number. Told in core.row_ends_at.
-- 指标 row_end：这一行到那一刻的去向 | 分母：不适用 | 空值：不会为空
-- 取值 row_end：counted、zero_report、replaced、duplicate_row、rejected、duplicate、not_yet、attachment、withdrawn、ignored
-- 示例 收到的行各有什么去向
--   SELECT row_end, count(*) AS rows FROM marts.row_ends_as_of($notice, $t) GROUP BY row_end ORDER BY rows DESC
CREATE OR REPLACE MACRO marts.row_ends_as_of(notice, t) AS TABLE
SELECT
    ends.submission_id,
    ends.path,
    ends.recipient_code,
    ends.city_code,
    ends.deliverable,
    ends.kind,
    ends.period,
    ends.sheet,
    ends.table_number,
    ends.row_number,
    ends.received_at,
    ends.title,
    ends.row_end,
    ends.reasons,
    ends.explanation,
    ends.duplicate_of,
    ends.replaced_by,
    ends.item_id,
    ends.kind AS deliverable_kind
FROM core.row_ends_at(notice, t, NULL) AS ends;
COMMENT ON MACRO TABLE marts.row_ends_as_of IS '某一时刻每个收到的行（和没有行的文件）的去向：计入、零报告、被更正、件内重复、退回、重复、尚未收到';
