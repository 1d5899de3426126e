-- A column's number, from 1, as a spreadsheet shows it: 1 is A, 27 is AA. NULL for NULL.
CREATE OR REPLACE MACRO core.column_letters(number) AS
concat(
    CASE WHEN number > 702 THEN chr(65 + (number - 703) // 676) END,
    CASE WHEN number > 26 THEN chr(65 + ((number - 27) // 26) % 26) END
)
|| chr(65 + (number - 1) % 26);
COMMENT ON MACRO core.column_letters IS '列号写成字母：1 为 A，27 为 AA';
