-- The notice a question names, or an error where it names none. Of a constant it is a constant, which a CASE is and a coalesce is
-- not: what it is compared with is looked for in the scan.
CREATE OR REPLACE MACRO core.given_notice(notice) AS
CASE WHEN notice IS NULL THEN error('通知代号是空值，请写明') ELSE notice END; -- noqa: ST02
COMMENT ON MACRO core.given_notice IS '所问的通知：空值报错';
