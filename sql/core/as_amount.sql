-- A whole number of a smallest unit (0.01 for 2 places) as the number that it stands for, exactly: 元 for money, per cent for
-- percentages. NULL stays NULL.
CREATE OR REPLACE MACRO core.as_amount(kept, places) AS
(kept * (10 ** (6 - places))::BIGINT)::DECIMAL(28, 0) * 0.000001::DECIMAL(7, 6);
COMMENT ON MACRO core.as_amount IS '最小单位的整数换成它表示的数：金额为元，百分数按百分数数';
