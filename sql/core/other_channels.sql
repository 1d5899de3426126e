-- One row a deliverable that a submission holds and that was to come from other sources. Key: submission_id, deliverable.
-- A deliverable that names no sources takes all of them. Such a submission is taken like any other.
CREATE OR REPLACE VIEW core.other_channels AS
WITH
came AS (
    SELECT
        submissions.notice_id,
        submissions.submission_id,
        coalesce(submissions.deliverable, submissions.document) AS held,
        deliverables.deliverable,
        deliverables.deliverable_name,
        receipts.source
    FROM core.submissions
    INNER JOIN raw.receipts ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
    INNER JOIN core.deliverables ON submissions.notice_id = deliverables.notice_id
    WHERE
        NOT list_contains(deliverables.channel_sources, receipts.source)
        AND submissions.state NOT IN ('duplicate', 'ignored', 'attachment', 'superseded')
),

-- Only of these it is asked what they hold: hardly any comes by another channel, and rows are many.
their_rows AS (
    SELECT DISTINCT
        rows.submission_id,
        rows.deliverable
    FROM raw.rows
    SEMI JOIN came ON rows.submission_id = came.submission_id
)

SELECT
    came.notice_id,
    came.submission_id,
    came.deliverable,
    came.deliverable_name,
    came.source
FROM came
LEFT JOIN their_rows AS held ON came.submission_id = held.submission_id AND came.deliverable = held.deliverable
WHERE came.deliverable = came.held OR held.submission_id IS NOT NULL;
COMMENT ON VIEW core.other_channels IS '没有按规定的渠道报来的：收下，并注明';
COMMENT ON COLUMN core.other_channels.notice_id IS '通知代号';
COMMENT ON COLUMN core.other_channels.submission_id IS '报送件编号';
COMMENT ON COLUMN core.other_channels.deliverable IS '件内的哪个事项';
COMMENT ON COLUMN core.other_channels.deliverable_name IS '它的名称';
COMMENT ON COLUMN core.other_channels.source IS '经哪个来源报来';
