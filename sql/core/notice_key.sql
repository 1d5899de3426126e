-- A notice as a number, which a million rows are compared with for nothing where a text costs a tenth of the question. Two notices
-- may share one: what is asked of it names the notice itself as well.
CREATE OR REPLACE MACRO core.notice_key(notice) AS hash(notice);
COMMENT ON MACRO core.notice_key IS '通知代号的摘要，一个整数';
