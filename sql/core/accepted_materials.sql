-- One row an accepted row with values of the columns that materials have; NULL where none was given. Key: submission_id,
-- table_number, row_number.
CREATE OR REPLACE VIEW core.accepted_materials AS
SELECT
    given.submission_id,
    given.table_number,
    given.row_number,
    max(given.value) FILTER (given.column_name = 'activity_date')::DATE AS activity_date,
    max(given.value) FILTER (given.column_name = 'period_date')::DATE AS period_date,
    max(given.value) FILTER (given.column_name = 'material_type') AS material_type,
    max(given.value) FILTER (given.column_name = 'title') AS title,
    max(given.value) FILTER (given.column_name = 'category') AS category,
    max(given.value) FILTER (given.column_name = 'theme') AS theme,
    max(given.value) FILTER (given.column_name = 'county') AS county,
    max(given.value) FILTER (given.column_name = 'link') AS link,
    max(given.value) FILTER (given.column_name = 'participants')::BIGINT AS participants,
    max(given.value) FILTER (given.column_name = 'online_views')::BIGINT AS online_views
FROM core.accepted_values AS given
GROUP BY ALL;
COMMENT ON VIEW core.accepted_materials IS '准予计入的材料行里由人补上的值，一行一条';
