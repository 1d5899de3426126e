-- One row an item of a package that was made for the ministry, with where it was sent and what became of that.
-- Key: notice_id, recommendation_id, item_number. What was sent since the snapshot was published is not in it yet.
-- 取值 state：made、queued、sent、unsure、failed
-- 示例 推荐了哪些、送到了没有、出自哪个文件的哪一行
--   SELECT recommendation_id, item_number, folder, state, sent_to, path, sheet, row_number
--   FROM marts.recommendations WHERE notice_id = $notice ORDER BY recommendation_id, item_number
CREATE OR REPLACE VIEW marts.recommendations AS
WITH
handed AS (
    SELECT
        pushes.notice_id,
        split_part(pushes.subject, '/', 1) AS recommendation_id,
        pushes.state,
        pushes.sent_at
    FROM raw.pushes AS pushes
    WHERE pushes.purpose = 'recommendation'
    UNION ALL
    SELECT
        mails.notice_id,
        split_part(mails.what, '-', 1) AS recommendation_id,
        mails.state,
        mails.sent_at
    FROM marts.mails AS mails
    WHERE mails.purpose = 'recommendation'
),

ended AS (
    SELECT
        handed.notice_id,
        handed.recommendation_id,
        CASE
            WHEN bool_or(handed.state IN ('failed', 'bounced', 'cancelled', 'withdrawn')) THEN 'failed'
            WHEN bool_or(handed.state = 'unsure') THEN 'unsure'
            WHEN bool_and(handed.state IN ('sent', 'written')) THEN 'sent'
            ELSE 'queued'
        END AS state,
        CASE WHEN bool_and(handed.sent_at IS NOT NULL) THEN max(handed.sent_at) END AS sent_at
    FROM handed
    GROUP BY handed.notice_id, handed.recommendation_id
)

SELECT
    recommended.notice_id,
    recommended.recommendation_id,
    recommended.as_of,
    recommended.item_number,
    recommended.item_id,
    recommended.folder,
    recommended.files,
    recommended.made_at,
    recommended.sent_to,
    recommended.queued_at,
    CASE WHEN recommended.queued_at IS NULL THEN 'made' ELSE coalesce(ended.state, 'queued') END AS state,
    ended.sent_at,
    recommended.submission_id,
    recommended.path,
    recommended.sheet,
    recommended.row_number
FROM raw.recommended AS recommended
LEFT JOIN ended
    ON recommended.notice_id = ended.notice_id AND recommended.recommendation_id = ended.recommendation_id;
COMMENT ON VIEW marts.recommendations IS '择优推荐：做过的推荐包里的每一件，送到哪里、送到没有';
COMMENT ON COLUMN marts.recommendations.notice_id IS '通知代号';
COMMENT ON COLUMN marts.recommendations.recommendation_id IS '推荐包编号：截至时刻';
COMMENT ON COLUMN marts.recommendations.as_of IS '截至时刻（通知所在时区，下同）';
COMMENT ON COLUMN marts.recommendations.item_number IS '序号，同汇总表';
COMMENT ON COLUMN marts.recommendations.item_id IS '有效行编号';
COMMENT ON COLUMN marts.recommendations.folder IS '包里哪个文件夹';
COMMENT ON COLUMN marts.recommendations.files IS '附了几个原件；送出的去掉了作者、拍摄位置等，见包里的 manifest.json';
COMMENT ON COLUMN marts.recommendations.made_at IS '何时做的';
COMMENT ON COLUMN marts.recommendations.sent_to IS '送到哪里：名单或连接；没有送的为空';
COMMENT ON COLUMN marts.recommendations.queued_at IS '何时交去寄出或上传；没有送的为空';
COMMENT ON COLUMN marts.recommendations.state IS '状态：made 只做了没有送、queued 待送、sent 已送、unsure 收下与否不明、failed 没送成或撤回了';
COMMENT ON COLUMN marts.recommendations.sent_at IS '全部收下的时间；没有的为空';
COMMENT ON COLUMN marts.recommendations.submission_id IS '出自哪个报送件';
COMMENT ON COLUMN marts.recommendations.path IS '出自哪个文件';
COMMENT ON COLUMN marts.recommendations.sheet IS '工作表名；没有的为空';
COMMENT ON COLUMN marts.recommendations.row_number IS '行号';
