-- True, or an error where the notice has no data, or has no such city. for_city NULL means every city.
-- Asked as an uncorrelated subquery of a marts macro, it is answered once a question, and before any row is.
CREATE OR REPLACE MACRO core.is_asked(notice, for_city) AS (
    SELECT
        CASE
            WHEN notice IS NULL OR NOT coalesce(bool_or(notices.notice_id = notice), FALSE)
                THEN error(concat('没有“', coalesce(notice, '空值'), '”这个通知的数据；有哪些见 core.notices'))
            WHEN
                for_city IS NOT NULL
                AND NOT EXISTS (
                    SELECT 1 FROM core.cities
                    WHERE cities.notice_id = notice AND cities.city_code = for_city
                )
                THEN error(concat('没有“', for_city, '”这个市；有哪些见 core.cities 的 city_code 列'))
            ELSE TRUE
        END
    FROM core.notices
);
COMMENT ON MACRO core.is_asked IS '通知和市是否都有；没有的报错';
