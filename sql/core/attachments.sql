-- One row an attachment and the row it belongs to: the one with the longest title that the file's name holds.
-- Key: submission_id. item_id is NULL where no title of the recipient fits.
-- Refreshed for the recipients in raw.touched.
CREATE TABLE IF NOT EXISTS core.attachments (
    notice_id VARCHAR NOT NULL,
    submission_id VARCHAR NOT NULL,
    recipient_code VARCHAR,
    path VARCHAR NOT NULL,
    item_id VARCHAR
);
COMMENT ON TABLE core.attachments IS '附件：照片、视频等，及其名称所指的那条材料';
COMMENT ON COLUMN core.attachments.notice_id IS '通知代号';
COMMENT ON COLUMN core.attachments.submission_id IS '报送件编号';
COMMENT ON COLUMN core.attachments.recipient_code IS '单位代码；认不出的为空';
COMMENT ON COLUMN core.attachments.path IS '路径';
COMMENT ON COLUMN core.attachments.item_id IS '所属有效行编号；对不上任何标题的为空';

DELETE FROM core.attachments
USING raw.touched
WHERE
    attachments.notice_id = touched.notice_id
    AND coalesce(attachments.recipient_code, '') = touched.recipient_code;

INSERT INTO core.attachments
WITH
attached AS (
    SELECT
        submissions.notice_id,
        submissions.submission_id,
        submissions.recipient_code,
        submissions.path,
        regexp_extract(submissions.path, '[^/!]+$') AS file_name
    FROM core.submissions
    SEMI JOIN raw.touched
        ON
            submissions.notice_id = touched.notice_id
            AND coalesce(submissions.recipient_code, '') = touched.recipient_code
    WHERE submissions.state = 'attachment'
),

titled AS (
    SELECT DISTINCT
        items.notice_id,
        items.recipient_code,
        items.title,
        items.item_id,
        items.current_from
    FROM core.items
    INNER JOIN attached ON items.notice_id = attached.notice_id AND items.recipient_code = attached.recipient_code
    WHERE items.kind = 'materials' AND NOT items.is_zero_report
)

SELECT
    attached.notice_id,
    attached.submission_id,
    attached.recipient_code,
    attached.path,
    arg_max(titled.item_id, (length(titled.title), titled.current_from, titled.item_id)) AS item_id
FROM attached
LEFT JOIN titled
    ON
        attached.notice_id = titled.notice_id
        AND attached.recipient_code = titled.recipient_code
        AND contains(attached.file_name, titled.title)
GROUP BY ALL;
