-- One row a city: what its figures are set against. The city's own number in regions.csv; else the sum of its counties where every
-- one of them has it: a part of a sum is no denominator. Key: notice_id, city_code.
CREATE OR REPLACE VIEW core.city_denominators AS
WITH
own AS (
    SELECT
        notice_id,
        region_code AS city_code,
        measure,
        amount
    FROM core.denominators
),

measures AS (
    SELECT unnest(['people', 'colleges', 'students']) AS measure
),

of_counties AS (
    SELECT
        counties.notice_id,
        counties.city_code,
        measures.measure,
        CASE WHEN bool_and(denominators.amount IS NOT NULL) THEN sum(denominators.amount)::BIGINT END AS amount
    FROM core.counties
    CROSS JOIN measures
    LEFT JOIN core.denominators
        ON
            counties.notice_id = denominators.notice_id
            AND counties.county_code = denominators.region_code
            AND measures.measure = denominators.measure
    GROUP BY ALL
),

known AS (
    SELECT
        coalesce(own.notice_id, of_counties.notice_id) AS notice_id,
        coalesce(own.city_code, of_counties.city_code) AS city_code,
        coalesce(own.measure, of_counties.measure) AS measure,
        coalesce(own.amount, of_counties.amount) AS amount
    FROM own
    FULL OUTER JOIN of_counties
        ON
            own.notice_id = of_counties.notice_id
            AND own.city_code = of_counties.city_code
            AND own.measure = of_counties.measure
)

SELECT
    cities.notice_id,
    cities.city_code,
    any_value(known.amount) FILTER (known.measure = 'people') AS people,
    any_value(known.amount) FILTER (known.measure = 'colleges') AS colleges,
    any_value(known.amount) FILTER (known.measure = 'students') AS students
FROM core.cities
LEFT JOIN known ON cities.notice_id = known.notice_id AND cities.city_code = known.city_code
GROUP BY ALL;
COMMENT ON VIEW core.city_denominators IS '各市参照的分母';
COMMENT ON COLUMN core.city_denominators.notice_id IS '通知代号';
COMMENT ON COLUMN core.city_denominators.city_code IS '区划代码';
COMMENT ON COLUMN core.city_denominators.people IS '人口；没有给的为空';
COMMENT ON COLUMN core.city_denominators.colleges IS '院校数；没有给的为空';
COMMENT ON COLUMN core.city_denominators.students IS '在校学生数；没有给的为空';
