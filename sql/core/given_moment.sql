-- The moment a question names, in the notice's zone, or an error where it names none or one with a zone: that would be
-- shifted in silence. Of a constant it is a constant: it costs nothing.
CREATE OR REPLACE MACRO core.given_moment(t) AS
CASE
    WHEN t IS NULL THEN error('时刻是空值，请写明')
    WHEN typeof(t) = 'TIMESTAMP WITH TIME ZONE'
        THEN error('时刻带有时区；请写通知所在时区的时间，如 TIMESTAMP ''2020-11-14 20:00:00''')
    WHEN
        typeof(t) NOT IN ('TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'DATE')
        AND NOT regexp_full_match(t::VARCHAR, '\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?')
        THEN error(concat('“', t, '”不是通知所在时区的时刻；应写成 TIMESTAMP ''2020-11-14 20:00:00'''))
    ELSE t::TIMESTAMP
END;
COMMENT ON MACRO core.given_moment IS '所问的时刻：空值、带时区的、写错的都报错';
