-- One row a city as of a moment, in code order: which of its sums hold a number that was read from 约 or 万.
CREATE OR REPLACE MACRO marts.city_approximations_as_of(notice, t) AS TABLE
SELECT
    cities.city_code,
    cities.city,
    coalesce(bool_or(materials.participants_is_approximate), FALSE) AS participants_is_approximate,
    coalesce(bool_or(materials.online_views_is_approximate), FALSE) AS online_views_is_approximate
FROM core.cities
LEFT JOIN marts.materials_as_of(notice, t) AS materials ON cities.city_code = materials.city_code
WHERE cities.notice_id = notice
GROUP BY ALL
ORDER BY cities.city_code;
COMMENT ON MACRO TABLE marts.city_approximations_as_of IS '某一时刻各市的参与人数和线上观看中是否含约数';
