-- One row an obligation that asks for a least number of attachments, with how many of the asked kinds had come by a moment.
-- Key: recipient_code, deliverable, period. A zero report asks for none. An attachment whose name holds the title of a row is for
-- that row's period, while the row counts; any other for the period that was running, or soonest due, when it came: the first one
-- begun by then and not yet due, else the last one begun.
CREATE OR REPLACE MACRO core.attached_at(notice, t) AS TABLE
WITH
asking AS (
    SELECT
        duties.recipient_code,
        duties.deliverable,
        duties.period,
        duties.first_day,
        duties.due_at,
        deliverables.attachments_at_least AS at_least,
        deliverables.attachments_of AS kinds
    FROM core.duties_at(notice, t) AS duties
    INNER JOIN core.deliverables
        ON duties.notice_id = deliverables.notice_id AND duties.deliverable = deliverables.deliverable
    WHERE deliverables.attachments_at_least IS NOT NULL AND duties.exemption_reason IS NULL
),

sent AS (
    SELECT
        attachments.submission_id,
        attachments.recipient_code,
        attachments.item_id,
        submissions.received_at,
        CASE
            WHEN regexp_matches(lower(attachments.path), '\.(jpe?g|png|gif|bmp|tiff?|webp|heic)$') THEN 'picture'
            WHEN regexp_matches(lower(attachments.path), '\.(mp4|mov|avi|wmv|mkv|flv|mpe?g|m4v|3gp|webm)$') THEN 'video'
            ELSE 'document'
        END AS media
    FROM core.attachments
    INNER JOIN core.submissions ON attachments.submission_id = submissions.submission_id
    WHERE attachments.notice_id = notice AND attachments.recipient_code IS NOT NULL AND submissions.received_at <= t
),

-- All rows that bear the title, for a corrected row takes over what was sent for the first.
named AS (
    SELECT DISTINCT
        sent.submission_id,
        now_counting.recipient_code,
        now_counting.deliverable,
        now_counting.period
    FROM sent
    INNER JOIN core.items AS named_first ON sent.item_id = named_first.item_id
    INNER JOIN core.items_at(notice, t) AS now_counting
        ON
            named_first.recipient_code = now_counting.recipient_code
            AND named_first.deliverable = now_counting.deliverable
            AND named_first.title = now_counting.title
),

placed AS (
    SELECT
        sent.submission_id,
        sent.media,
        asking.recipient_code,
        asking.deliverable,
        asking.period
    FROM sent
    INNER JOIN asking ON sent.recipient_code = asking.recipient_code
    LEFT JOIN named
        ON
            sent.submission_id = named.submission_id
            AND asking.recipient_code = named.recipient_code
            AND asking.deliverable = named.deliverable
            AND asking.period = named.period
    WHERE list_contains(string_split(asking.kinds, '|'), sent.media) AND (asking.first_day IS NULL OR asking.first_day <= sent.received_at::DATE)
    QUALIFY
        row_number() OVER (
            PARTITION BY sent.submission_id
            ORDER BY
                named.submission_id IS NULL,
                asking.due_at < sent.received_at,
                CASE WHEN asking.due_at < sent.received_at THEN -epoch(asking.due_at) ELSE epoch(asking.due_at) END
        ) = 1
)

SELECT
    asking.recipient_code,
    asking.deliverable,
    asking.period,
    asking.at_least,
    count(placed.submission_id) AS attachments
FROM asking
LEFT JOIN placed
    ON
        asking.recipient_code = placed.recipient_code
        AND asking.deliverable = placed.deliverable
        AND asking.period = placed.period
GROUP BY ALL;
COMMENT ON MACRO TABLE core.attached_at IS '某一时刻规定了附件个数的每项应报：已到几个，至少几个';
