-- One row a nomination that counted at a moment: who nominated whom for which award or vote, until when, and whether it is beyond
-- the quota; approved is what was selected, public what was cleared besides. Key: item_id. Places are given in the order of arrival, then of file and row: a list that is sent again stands anew.
-- 指标 place：占本单位（或本市）这一期的第几个名额 | 分母：不适用 | 空值：不会为空
-- 指标 is_over_quota：是否超过名额，计数即超了几个 | 分母：不适用 | 空值：不会为空，不限名额的为否
-- 指标 is_approved：是否经人审定（入选），计数即审定几个 | 分母：不适用 | 空值：不会为空
-- 指标 is_public：审定的是否标为可公开，计数即公布几个 | 分母：不适用 | 空值：不会为空
-- 示例 各市推荐了谁，有没有超过名额
--   SELECT city, recipient, deliverable_name, nominee, place, quota, is_over_quota, is_approved, is_public
--   FROM marts.nominations_as_of($notice, $t)
CREATE OR REPLACE MACRO marts.nominations_as_of(notice, t) AS TABLE
SELECT
    nominated.item_id,
    nominated.recipient_code,
    recipients.recipient,
    nominated.city_code,
    cities.city,
    nominated.deliverable,
    deliverables.deliverable_name,
    nominated.period,
    periods.due_at,
    nominated.identity AS nominee,
    nominated.quota_each,
    nominated.quota,
    row_number() OVER (
        PARTITION BY nominated.deliverable, nominated.period, nominated.quota_scope
        ORDER BY nominated.received_at, nominated.path, nominated.table_number, nominated.row_number
    ) AS place,
    coalesce(
        row_number() OVER (
            PARTITION BY nominated.deliverable, nominated.period, nominated.quota_scope
            ORDER BY nominated.received_at, nominated.path, nominated.table_number, nominated.row_number
        ) > nominated.quota,
        FALSE
    ) AS is_over_quota,
    coalesce(selections.is_selected, FALSE) AS is_approved,
    coalesce(selections.is_publishable, FALSE) AS is_public,
    nominated.vote_url,
    nominated.vote_until,
    nominated.submission_id,
    nominated.path,
    nominated.sheet,
    nominated.row_number,
    nominated.received_at
FROM core.nominated
INNER JOIN core.recipients
    ON nominated.notice_id = recipients.notice_id AND nominated.recipient_code = recipients.recipient_code
INNER JOIN core.deliverables
    ON nominated.notice_id = deliverables.notice_id AND nominated.deliverable = deliverables.deliverable
LEFT JOIN core.cities ON nominated.notice_id = cities.notice_id AND nominated.city_code = cities.city_code
LEFT JOIN core.periods
    ON
        nominated.notice_id = periods.notice_id
        AND nominated.deliverable = periods.deliverable
        AND nominated.period = periods.period
LEFT JOIN core.selections_at(notice, t) AS selections ON nominated.item_id = selections.current_item_id
WHERE nominated.notice_id = notice AND nominated.current_from <= t AND nominated.current_until > t
ORDER BY deliverables.position, nominated.period, recipients.position, place;
COMMENT ON MACRO TABLE marts.nominations_as_of IS '评选和投票的推荐：某一时刻谁推荐了谁，截止何时，是否超过名额';
