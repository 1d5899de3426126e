-- The group a recipient falls into: dimension is 'province' (all in one, ''), 'city', 'line' ('' where it reports to nobody),
-- 'kind' or 'recipient'. Every figure that is counted by group takes its groups from here; another dimension gives NULL.
CREATE OR REPLACE MACRO core.recipient_group(dimension, recipient_code, city_code, line, kind) AS
CASE dimension
    WHEN 'province' THEN ''
    WHEN 'city' THEN city_code
    WHEN 'line' THEN coalesce(line, '')
    WHEN 'kind' THEN kind
    WHEN 'recipient' THEN recipient_code
END;
COMMENT ON MACRO core.recipient_group IS '单位归入哪一组：全省、市、条线、类别或单位自己';
