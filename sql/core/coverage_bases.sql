-- One row a notice: what coverage is measured against, whatever the moment. No row where the notice is unknown.
CREATE OR REPLACE MACRO core.coverage_bases(notice) AS TABLE
WITH
categories AS (
    SELECT count(DISTINCT list_words.word) AS categories
    FROM core.list_words
    WHERE list_words.notice_id = notice AND list_words.column_name = 'category'
),

counties AS (
    SELECT count(*) AS counties
    FROM core.counties
    WHERE counties.notice_id = notice
),

cities AS (
    SELECT count(*) AS cities
    FROM core.cities
    WHERE cities.notice_id = notice AND NOT cities.is_own
)

SELECT
    notices.event_first_day,
    notices.event_last_day,
    notices.event_days,
    categories.categories,
    counties.counties,
    cities.cities
FROM core.notices
CROSS JOIN categories
CROSS JOIN counties
CROSS JOIN cities
WHERE notices.notice_id = notice;
COMMENT ON MACRO TABLE core.coverage_bases IS '覆盖率的分母：活动天数、活动类别数、县数、市数';
