-- One row an item about which a decision to select or to decline it is in force at a moment. Key: item_id.
-- The last decision of the line that selects speaks; without one, the last of another line, whose choice is a recommendation.
-- A row that was sent again without a change stays chosen, under the id that it was first decided by; one that was changed or is
-- gone is not. Opinions are the different logins that selected it, for the line that selects, since it was last declined.
CREATE OR REPLACE MACRO core.selections_at(notice, t) AS TABLE
WITH
holding AS (
    SELECT
        decided.*,
        core.item_id(decided.submission_id, decided.deliverable, decided.table_number, decided.row_number) AS item_id,
        coalesce(decided.for_line = notices.selecting_line, TRUE) AS is_deciding,
        notices.is_second_opinion_asked
    FROM core.decided_items AS decided
    INNER JOIN core.notices ON decided.notice_id = notices.notice_id
    WHERE decided.notice_id = notice AND decided.known_from <= t AND decided.known_until > t
),

chosen_ids AS (
    SELECT DISTINCT item_id
    FROM holding
),

concerned AS (
    SELECT DISTINCT
        again.recipient_code,
        again.deliverable,
        again.named
    FROM core.told_items(notice) AS again
    INNER JOIN chosen_ids ON again.item_id = chosen_ids.item_id
),

told AS (
    SELECT
        again.*,
        again.current_until > t AS is_current
    FROM core.told_items(notice) AS again
    INNER JOIN concerned
        ON
            again.recipient_code = concerned.recipient_code
            AND again.deliverable = concerned.deliverable
            AND again.named = concerned.named
    WHERE again.current_from <= t
),

decided_rows AS (
    SELECT told.*
    FROM told
    INNER JOIN chosen_ids ON told.item_id = chosen_ids.item_id
    QUALIFY row_number() OVER (PARTITION BY told.item_id ORDER BY told.current_from DESC) = 1
),

-- The row that says the same now, itself where it still counts; else whether another speaks in its place.
standing AS (
    SELECT
        decided.item_id,
        coalesce(
            max(now_counting.item_id) FILTER (now_counting.item_id = decided.item_id),
            min(now_counting.item_id) FILTER (now_counting.said = decided.said AND now_counting.place = decided.place)
        ) AS stands_as,
        count(now_counting.item_id) > 0 AS is_corrected
    FROM decided_rows AS decided
    LEFT JOIN told AS now_counting
        ON
            decided.recipient_code = now_counting.recipient_code
            AND decided.deliverable = now_counting.deliverable
            AND decided.named = now_counting.named
            AND now_counting.is_current
    GROUP BY ALL
),

judged AS (
    SELECT
        holding.*,
        standing.stands_as,
        coalesce(standing.is_corrected, FALSE) AS is_corrected,
        coalesce(standing.stands_as, holding.item_id) AS thing
    FROM holding
    LEFT JOIN standing ON holding.item_id = standing.item_id
),

declined AS (
    SELECT
        thing,
        coalesce(max(position) FILTER (is_deciding AND kind = 'decline'), 0) AS declined_last
    FROM judged
    GROUP BY ALL
),

counted AS (
    SELECT
        judged.thing,
        arg_min(judged.item_id, judged.position) AS item_id,
        max(judged.position) FILTER (judged.is_deciding) AS deciding,
        coalesce(
            max(judged.position) FILTER (judged.is_deciding), max(judged.position) FILTER (NOT judged.is_deciding)
        ) AS speaking,
        count(DISTINCT judged.decided_by) FILTER (
            judged.is_deciding AND judged.kind = 'select' AND judged.position > declined.declined_last
        ) AS opinions,
        coalesce(
            bool_or(judged.is_publishable) FILTER (
                judged.kind = 'select' AND (NOT judged.is_deciding OR judged.position > declined.declined_last)
            ),
            FALSE
        ) AS is_cleared,
        coalesce(
            min(judged.decided_at) FILTER (
                judged.is_deciding AND judged.kind = 'select' AND judged.position > declined.declined_last
            ),
            min(judged.decided_at) FILTER (NOT judged.is_deciding AND judged.kind = 'select')
        ) AS first_selected_at
    FROM judged
    INNER JOIN declined ON judged.thing = declined.thing
    GROUP BY ALL
),

-- Which other lines recommend it now: those whose last word is that it be selected.
advice AS (
    SELECT
        thing,
        string_agg(line_name, '、' ORDER BY line_name) AS recommended_by
    FROM (
        SELECT
            judged.thing,
            lines.line_name,
            arg_max(judged.kind, judged.position) AS last_word
        FROM judged
        INNER JOIN core.lines ON judged.notice_id = lines.notice_id AND judged.for_line = lines.line
        WHERE NOT judged.is_deciding
        GROUP BY ALL
    ) AS last_words
    WHERE last_word = 'select'
    GROUP BY ALL
),

stated AS (
    SELECT
        speaking.*,
        counted.item_id AS first_item_id,
        counted.opinions,
        counted.is_cleared,
        counted.first_selected_at,
        advice.recommended_by,
        CASE
            WHEN speaking.kind = 'decline' THEN 'declined'
            WHEN speaking.stands_as IS NULL AND speaking.is_corrected THEN 'corrected'
            WHEN speaking.stands_as IS NULL THEN 'withdrawn'
            WHEN counted.deciding IS NULL THEN 'recommended'
            WHEN speaking.is_second_opinion_asked AND counted.opinions < 2 THEN 'proposed'
            ELSE 'selected'
        END AS state
    FROM counted
    INNER JOIN judged AS speaking ON counted.thing = speaking.thing AND counted.speaking = speaking.position
    LEFT JOIN advice ON counted.thing = advice.thing
),

places AS (
    SELECT DISTINCT
        item_id,
        submission_id,
        path,
        sheet,
        row_number
    FROM judged
)

SELECT
    stated.notice_id,
    stated.first_item_id AS item_id,
    stated.state,
    CASE stated.state
        WHEN 'proposed' THEN '待复核'
        WHEN 'recommended' THEN '条线推荐'
        WHEN 'selected' THEN '入选'
        WHEN 'declined' THEN CASE WHEN stated.is_deciding THEN '不选' ELSE '条线未推荐' END
        WHEN 'corrected' THEN '入选后已更正'
        WHEN 'withdrawn' THEN '入选后已撤回'
    END AS state_name,
    stated.state = 'selected' AS is_selected,
    stated.state = 'selected' AND stated.is_cleared AS is_publishable,
    told.recipient_code,
    recipients.recipient,
    recipients.kind_name,
    recipients.city_code,
    cities.city,
    recipients.line,
    stated.deliverable,
    told.period,
    told.activity_date AS day,
    coalesce(told.title, told.identity) AS title,
    told.material_type_code,
    told.material_type,
    categories.code AS category_code,
    told.category,
    themes.code AS theme_code,
    told.theme,
    told.county,
    told.link,
    places.submission_id,
    places.path,
    places.sheet,
    places.row_number,
    told.received_at,
    stated.decision_id,
    stated.decided_by,
    stated.decided_at,
    stated.reason,
    CASE WHEN stated.state <> 'declined' THEN stated.first_selected_at END AS first_selected_at,
    stated.opinions,
    stated.recommended_by,
    stated.stands_as AS current_item_id
FROM stated
INNER JOIN places ON stated.first_item_id = places.item_id
LEFT JOIN decided_rows AS told ON stated.first_item_id = told.item_id
LEFT JOIN core.recipients ON told.notice_id = recipients.notice_id AND told.recipient_code = recipients.recipient_code
LEFT JOIN core.cities ON recipients.notice_id = cities.notice_id AND recipients.city_code = cities.city_code
LEFT JOIN core.list_words AS categories
    ON
        told.notice_id = categories.notice_id
        AND told.deliverable = categories.deliverable
        AND categories.column_name = 'category'
        AND told.category = categories.word
LEFT JOIN core.list_words AS themes
    ON
        told.notice_id = themes.notice_id
        AND told.deliverable = themes.deliverable
        AND themes.column_name = 'theme'
        AND told.theme = themes.word;
COMMENT ON MACRO TABLE core.selections_at IS '某一时刻有决定在的每一条：入选、推荐、待复核、不选、入选后更正或撤回';
