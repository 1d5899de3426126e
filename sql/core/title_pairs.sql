-- A title as its pairs of neighbouring characters, each once, without punctuation and white space: what likeness compares.
CREATE OR REPLACE MACRO core.title_pairs(title) AS
list_distinct(
    list_transform(
        range(1, greatest(length(regexp_replace(title, '[\p{P}\p{S}\s]', '', 'g')), 2)),
        LAMBDA place: substr(regexp_replace(title, '[\p{P}\p{S}\s]', '', 'g'), place, 2)
    )
);
COMMENT ON MACRO core.title_pairs IS '标题里相邻两字的组合，去掉标点和空白';
