-- The notice a question names, or an error where it names none. Of a constant it is a constant: it costs nothing.
CREATE OR REPLACE MACRO core.given_notice(notice) AS
coalesce(notice, error('通知代号是空值，请写明'));
COMMENT ON MACRO core.given_notice IS '所问的通知：空值报错';
