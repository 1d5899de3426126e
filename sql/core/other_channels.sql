-- One row a deliverable that a submission holds and that was to come from other sources. Key: submission_id, deliverable.
-- A deliverable that names no sources takes all of them. Such a submission is taken like any other.
CREATE OR REPLACE VIEW core.other_channels AS
WITH
held AS (
    SELECT
        submission_id,
        deliverable
    FROM raw.rows
    UNION
    SELECT
        submission_id,
        coalesce(deliverable, document) AS deliverable
    FROM core.submissions
)

SELECT
    submissions.notice_id,
    submissions.submission_id,
    held.deliverable,
    deliverables.deliverable_name,
    receipts.source
FROM held
INNER JOIN core.submissions ON held.submission_id = submissions.submission_id
INNER JOIN core.deliverables
    ON submissions.notice_id = deliverables.notice_id AND held.deliverable = deliverables.deliverable
INNER JOIN raw.receipts ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
WHERE
    NOT list_contains(deliverables.channel_sources, receipts.source)
    AND submissions.state NOT IN ('duplicate', 'ignored', 'attachment', 'superseded');
COMMENT ON VIEW core.other_channels IS '没有按规定的渠道报来的：收下，并注明';
COMMENT ON COLUMN core.other_channels.notice_id IS '通知代号';
COMMENT ON COLUMN core.other_channels.submission_id IS '报送件编号';
COMMENT ON COLUMN core.other_channels.deliverable IS '件内的哪个事项';
COMMENT ON COLUMN core.other_channels.deliverable_name IS '它的名称';
COMMENT ON COLUMN core.other_channels.source IS '经哪个来源报来';
