-- One row a decision that a person took, in the order in which they were taken. Key: notice_id, decision_id.
-- Which figures one moved: marts.changes_between from the moment before decided_at to decided_at.
-- 示例 免报和延期，谁定的、为什么、还算不算数
--   SELECT kind_name, recipient, deliverable, period, given, reason, decided_by, decided_at, undone_by
--   FROM marts.decisions WHERE notice_id = $notice AND kind IN ('waive', 'extend')
CREATE OR REPLACE VIEW marts.decisions AS
SELECT
    decisions.notice_id,
    decisions.decision_id,
    decisions.kind,
    decisions.kind_name,
    decisions.recipient,
    decisions.deliverable,
    decisions.period,
    decisions.path,
    decisions.sheet,
    decisions.row_number,
    decisions.submission_id,
    decisions.given,
    decisions.reason,
    decisions.decided_by,
    decisions.decided_at,
    decisions.undoes,
    decisions.undone_by
FROM core.decisions
ORDER BY decisions.notice_id, decisions.position;
COMMENT ON VIEW marts.decisions IS '人的决定：认领、免报、延期、准予计入、撤回、代登记等，谁、何时、为什么';
COMMENT ON COLUMN marts.decisions.notice_id IS '通知代号';
COMMENT ON COLUMN marts.decisions.decision_id IS '决定编号';
COMMENT ON COLUMN marts.decisions.kind IS '决定的种类（代码）';
COMMENT ON COLUMN marts.decisions.kind_name IS '决定的种类';
COMMENT ON COLUMN marts.decisions.recipient IS '关于哪些单位：单位代码，以 | 连接；按类别、市或全部决定的写 kind:、city:、all；无关的为空';
COMMENT ON COLUMN marts.decisions.deliverable IS '关于哪个事项（代码）；无关的为空';
COMMENT ON COLUMN marts.decisions.period IS '关于哪几期，以 | 连接；各期的和无关的为空';
COMMENT ON COLUMN marts.decisions.path IS '关于哪个文件；无关的为空';
COMMENT ON COLUMN marts.decisions.sheet IS '关于哪个工作表；整个文件和无关的为空';
COMMENT ON COLUMN marts.decisions.row_number IS '关于哪一行；整个文件和无关的为空';
COMMENT ON COLUMN marts.decisions.submission_id IS '关于哪个报送件；无关的为空';
COMMENT ON COLUMN marts.decisions.given IS '所给的值，JSON；没有的为空';
COMMENT ON COLUMN marts.decisions.reason IS '理由；没有的为空';
COMMENT ON COLUMN marts.decisions.decided_by IS '谁决定的（登录名）';
COMMENT ON COLUMN marts.decisions.decided_at IS '决定的时刻（通知所在时区）';
COMMENT ON COLUMN marts.decisions.undoes IS '取消的是哪个决定；不是取消的为空';
COMMENT ON COLUMN marts.decisions.undone_by IS '被哪个决定取消；仍有效的为空';
