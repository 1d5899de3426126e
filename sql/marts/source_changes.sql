-- One row a thing that somebody changed in a questionnaire or form while it ran: a question or an option. Unchanged answers
-- stay what they were; this says what was changed. No key: a change may be made twice.
-- 示例 哪个来源的表单被人改过，改了什么
--   SELECT changed_at, source, kind, before, after, sentence FROM marts.source_changes WHERE notice_id = $notice
CREATE OR REPLACE VIEW marts.source_changes AS
SELECT
    changes.notice_id,
    changes.source,
    changes.changed_at,
    changes.kind,
    changes.field,
    changes.before,
    changes.after,
    changes.answers,
    changes.sentence,
    changes.path
FROM raw.source_changes AS changes
ORDER BY changes.notice_id, changes.changed_at, changes.source, changes.kind, changes.before, changes.after;
COMMENT ON VIEW marts.source_changes IS '收件途中表单、问卷的改动：题目增减、改名、挪动，选项改名；没改过的答卷不受影响';
COMMENT ON COLUMN marts.source_changes.notice_id IS '通知代号';
COMMENT ON COLUMN marts.source_changes.source IS '来源';
COMMENT ON COLUMN marts.source_changes.changed_at IS '最先看到改动的时间：那份导出收到时，或那次扫描';
COMMENT ON COLUMN marts.source_changes.kind IS '题目 question_、选项 option_ 的 added 增加、removed 减少、renamed 改名、moved 挪动';
COMMENT ON COLUMN marts.source_changes.field IS '通知把这一题读作哪一列（代码）；通知不读的为空';
COMMENT ON COLUMN marts.source_changes.before IS '原来的题目或选项；新增的为空串，通知不读的题目不写选项';
COMMENT ON COLUMN marts.source_changes.after IS '现在的题目或选项；不见了的为空串，通知不读的题目不写选项';
COMMENT ON COLUMN marts.source_changes.answers IS '显出这一改动的已收答卷数；直接问表单服务的为 0';
COMMENT ON COLUMN marts.source_changes.sentence IS '给数据人员的话：改了什么，怎样处理的';
COMMENT ON COLUMN marts.source_changes.path IS '最先显出改动的导出；直接问表单服务的是来源的路径';
