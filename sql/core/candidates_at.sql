-- One row a material that is current at a moment, with what belongs to it and its scores. Key: item_id.
-- Scores are points of core.selection_weights or 0; all but reach are whole numbers, and reach stays below one: alone it lifts
-- nothing above what has one point more: four times what is usual for the unit (core.reached_at) is full marks.
CREATE OR REPLACE MACRO core.candidates_at(notice, t) AS TABLE
WITH
points AS (
    SELECT
        notice_id,
        coalesce(max(points) FILTER (score = 'complete'), 0) AS complete,
        coalesce(max(points) FILTER (score = 'media'), 0) AS media,
        coalesce(max(points) FILTER (score = 'link'), 0) AS link,
        coalesce(max(points) FILTER (score = 'new_category'), 0) AS new_category,
        coalesce(max(points) FILTER (score = 'new_county'), 0) AS new_county,
        coalesce(max(points) FILTER (score = 'reach'), 0) AS reach
    FROM core.selection_weights
    WHERE notice_id = notice
    GROUP BY ALL
),

themed AS (
    SELECT DISTINCT
        deliverable,
        TRUE AS has_themes
    FROM core.list_words
    WHERE notice_id = notice AND column_name = 'theme'
),

attached AS (
    SELECT
        item_id,
        count(*) FILTER (media = 'picture') AS pictures,
        count(*) FILTER (media = 'video') AS videos,
        count(*) FILTER (media NOT IN ('picture', 'video')) AS documents
    FROM core.belongings_at(notice, t)
    GROUP BY ALL
),

broken_links AS (
    SELECT DISTINCT
        url,
        TRUE AS is_broken
    FROM raw.column_checks
    WHERE notice_id = notice AND checked_at <= t
    QUALIFY arg_max(is_ok, checked_at) OVER (PARTITION BY url) = FALSE
),

compared AS (SELECT * FROM core.reached_at(notice, t)),

likest AS (
    SELECT
        item_id,
        arg_max(like_item_id, (likeness, like_item_id)) AS like_item_id,
        max(likeness) AS likeness
    FROM core.alike_at(notice, t)
    GROUP BY ALL
),

chosen AS (
    SELECT
        current_item_id,
        state,
        recommended_by,
        decided_by,
        reason,
        decision_id
    FROM core.selections_at(notice, t)
    WHERE current_item_id IS NOT NULL
),

lost AS (
    SELECT DISTINCT
        recipient_code,
        deliverable,
        day,
        title,
        TRUE AS was_selected
    FROM core.selections_at(notice, t)
    WHERE state = 'corrected'
),

scored AS (
    SELECT
        compared.*,
        coalesce(attached.pictures, 0) AS pictures,
        coalesce(attached.videos, 0) AS videos,
        coalesce(attached.documents, 0) AS documents,
        points.complete * (
            compared.category IS NOT NULL
            AND (themed.has_themes IS NULL OR compared.theme IS NOT NULL)
            AND compared.reach IS NOT NULL
        )::INTEGER AS score_complete,
        points.media * (coalesce(attached.pictures, 0) + coalesce(attached.videos, 0) > 0)::INTEGER AS score_media,
        points.link * (compared.link IS NOT NULL AND broken_links.is_broken IS NULL)::INTEGER AS score_link,
        points.new_category * (compared.category IS NOT NULL AND compared.is_new_category)::INTEGER AS score_new_category,
        points.new_county * (compared.county IS NOT NULL AND compared.is_new_county)::INTEGER AS score_new_county,
        floor(points.reach * least(coalesce(compared.reach_times, 0) / 4, 1) * 100) / 100 AS score_reach,
        likest.like_item_id,
        likest.likeness,
        chosen.state,
        chosen.recommended_by,
        coalesce(lost.was_selected, FALSE) AS was_selected
    FROM compared
    INNER JOIN points ON compared.notice_id = points.notice_id
    LEFT JOIN themed ON compared.deliverable = themed.deliverable
    LEFT JOIN attached ON compared.item_id = attached.item_id
    LEFT JOIN broken_links ON compared.link = broken_links.url
    LEFT JOIN likest ON compared.item_id = likest.item_id
    LEFT JOIN chosen ON compared.item_id = chosen.current_item_id
    LEFT JOIN lost
        ON
            compared.recipient_code = lost.recipient_code
            AND compared.deliverable = lost.deliverable
            AND compared.activity_date = lost.day
            AND compared.title = lost.title
)

SELECT
    scored.notice_id,
    scored.item_id,
    scored.recipient_code,
    scored.recipient,
    scored.unit_kind AS kind,
    scored.kind_name,
    scored.line,
    scored.city_code,
    cities.city,
    scored.position,
    scored.deliverable,
    scored.period,
    scored.activity_date,
    scored.title,
    scored.material_type_code,
    scored.material_type,
    scored.category,
    scored.theme,
    scored.county,
    scored.participants,
    scored.online_views,
    scored.link,
    scored.pictures,
    scored.videos,
    scored.documents,
    scored.score_complete,
    scored.score_media,
    scored.score_link,
    scored.score_new_category,
    scored.score_new_county,
    scored.score_reach,
    scored.score_complete + scored.score_media + scored.score_link + scored.score_new_category + scored.score_new_county
    + scored.score_reach AS score,
    scored.reach_times,
    scored.like_item_id,
    liked.title AS like_title,
    liked.recipient AS like_recipient,
    scored.likeness,
    scored.state,
    scored.recommended_by,
    scored.was_selected,
    scored.first_known_at,
    scored.submission_id,
    submissions.path,
    scored.sheet,
    scored.row_number,
    scored.received_at
FROM scored
INNER JOIN core.submissions ON scored.submission_id = submissions.submission_id
LEFT JOIN compared AS liked ON scored.like_item_id = liked.item_id
LEFT JOIN core.cities ON scored.notice_id = cities.notice_id AND scored.city_code = cities.city_code;
COMMENT ON MACRO TABLE core.candidates_at IS '某一时刻的候选：有效的每条材料，连同附件和各项得分';
