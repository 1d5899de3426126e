-- The dimensions a question names, as a list, or an error where there is none of that name: those of marts.reporting_by.
CREATE OR REPLACE MACRO core.given_dimensions(dimensions) AS
CASE
    WHEN
        list_has_all(
            ['', 'city', 'line', 'kind', 'recipient', 'deliverable'], string_split(replace(dimensions, ' ', ''), ',')
        )
        THEN string_split(replace(dimensions, ' ', ''), ',')
    ELSE
        error(
            concat(
                '不能按“',
                coalesce(dimensions, '空值'),
                '”分组；可用 city、line、kind、recipient、deliverable，用逗号隔开，空串为全部一行'
            )
        )
END;
COMMENT ON MACRO core.given_dimensions IS '所问的分组：没有的报错';
