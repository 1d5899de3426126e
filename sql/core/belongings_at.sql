-- One row an attachment and a material that it belongs to at a moment. Key: item_id, submission_id.
-- It belongs to the rows of the unit whose title its name holds, the longest title that does (core.attachments); where the unit
-- reports that title for several days, to those of the last day that had begun when it came, else of the first.
CREATE OR REPLACE MACRO core.belongings_at(notice, t) AS TABLE
WITH named AS (
    SELECT DISTINCT
        item_id,
        recipient_code,
        deliverable,
        title
    FROM core.items
    WHERE notice_id = notice
)

SELECT
    now_counting.item_id,
    attachments.submission_id,
    attachments.path,
    submissions.received_at,
    CASE
        WHEN regexp_matches(lower(attachments.path), '\.(jpe?g|png|gif|bmp|tiff?|webp|heic|svg)$') THEN 'picture'
        WHEN regexp_matches(lower(attachments.path), '\.(mp4|mov|avi|wmv|mkv|flv|mpe?g|m4v|3gp|webm)$') THEN 'video'
        WHEN regexp_matches(lower(attachments.path), '\.(xlsx?|xlsm|xlsb|et|ods|csv|tsv)$') THEN 'workbook'
        ELSE 'document'
    END AS media
FROM core.attachments
INNER JOIN core.submissions ON attachments.submission_id = submissions.submission_id
INNER JOIN named ON attachments.item_id = named.item_id
INNER JOIN core.materials_at(notice, t) AS now_counting
    ON
        named.recipient_code = now_counting.recipient_code
        AND named.deliverable = now_counting.deliverable
        AND named.title = now_counting.title
WHERE attachments.notice_id = notice AND submissions.received_at <= t
QUALIFY
    rank() OVER (
        PARTITION BY attachments.submission_id
        ORDER BY
            now_counting.activity_date > submissions.received_at::DATE,
            CASE
                WHEN now_counting.activity_date > submissions.received_at::DATE THEN epoch(now_counting.activity_date)
                ELSE -epoch(now_counting.activity_date)
            END
    ) = 1;
COMMENT ON MACRO TABLE core.belongings_at IS '某一时刻每条材料的附件：照片、视频、文稿';
