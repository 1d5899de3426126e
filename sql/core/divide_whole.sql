-- A whole number divided by a positive one and rounded to a whole, halves away from zero: no figure passes through a float.
CREATE OR REPLACE MACRO core.divide_whole(dividend, divisor) AS
CASE
    WHEN divisor > 0 THEN sign(dividend) * ((2 * abs(dividend) + divisor) // (2 * divisor))
END;
COMMENT ON MACRO core.divide_whole IS '整数相除，四舍五入到整数';
