-- One row a city and figure as of a moment: the two city marts, unpivoted. Key: city_code, figure.
-- A rate without a denominator is NULL. Figures are named as the columns of the marts are, and come from them alone.
-- 指标 value：该市这个数，含义见 city_reporting 和 city_coverage 的同名列 | 分母：同该列 | 空值：率没有分母时为空，其余不会为空
-- 示例 一个市的所有数
--   SELECT figure, value FROM marts.figures_as_of($notice, $t) WHERE city = '济南市'
CREATE OR REPLACE MACRO marts.figures_as_of(notice, t) AS TABLE
WITH
wide AS (
    SELECT
        reporting.*,
        coverage.* EXCLUDE (city_code, city)
    FROM marts.city_reporting_as_of(notice, t) AS reporting
    INNER JOIN marts.city_coverage_as_of(notice, t) AS coverage ON reporting.city_code = coverage.city_code
),

typed AS (
    SELECT
        city_code,
        city,
        COLUMNS(* EXCLUDE (city_code, city))::DOUBLE
    FROM wide
)

SELECT
    city_code,
    city,
    figure,
    value
FROM typed UNPIVOT INCLUDE NULLS (value FOR figure IN (COLUMNS(* EXCLUDE (city_code, city))));
COMMENT ON MACRO TABLE marts.figures_as_of IS '某一时刻各市的每一个数，一数一行';
