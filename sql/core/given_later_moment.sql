-- The second moment of a question about two, or an error where it is none or comes before the first.
CREATE OR REPLACE MACRO core.given_later_moment(t1, t2) AS
CASE
    WHEN core.given_moment(t1) > core.given_moment(t2) THEN error(concat('前一刻 ', t1, ' 晚于后一刻 ', t2))
    ELSE core.given_moment(t2)
END;
COMMENT ON MACRO core.given_later_moment IS '所问的后一刻：空值报错，早于前一刻报错';
