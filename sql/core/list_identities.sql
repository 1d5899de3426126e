-- One row a row of a list that says which item it is. Key: submission_id, table_number, row_number.
-- identity holds the values of the columns that the notice names, divided by " / "; what a person put right stands in it.
CREATE OR REPLACE VIEW core.list_identities AS
SELECT
    given.notice_id,
    given.submission_id,
    given.table_number,
    given.row_number,
    string_agg(coalesce(accepted.value, given.value_text, given.value::VARCHAR), ' / ' ORDER BY indicators.identity_place) AS identity
FROM raw.statistics AS given
INNER JOIN core.indicators
    ON
        given.notice_id = indicators.notice_id
        AND given.deliverable = indicators.deliverable
        AND given.indicator = indicators.indicator
        AND indicators.identity_place IS NOT NULL
LEFT JOIN core.accepted_values AS accepted
    ON
        given.submission_id = accepted.submission_id
        AND given.table_number = accepted.table_number
        AND given.row_number = accepted.row_number
        AND given.indicator = accepted.column_name
GROUP BY ALL
HAVING identity IS NOT NULL;
COMMENT ON VIEW core.list_identities IS '清单的每一行是哪一条';
COMMENT ON COLUMN core.list_identities.notice_id IS '通知代号';
COMMENT ON COLUMN core.list_identities.submission_id IS '报送件编号';
COMMENT ON COLUMN core.list_identities.table_number IS '件内第几张表';
COMMENT ON COLUMN core.list_identities.row_number IS '在表中的行号';
COMMENT ON COLUMN core.list_identities.identity IS '通知指定的各列的值，以“ / ”相隔';
