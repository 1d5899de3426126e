-- How alike two lists of pairs are, from 0 to 1: twice what they share, by what both have (Dice).
CREATE OR REPLACE MACRO core.likeness(pairs, others) AS
2 * len(list_intersect(pairs, others)) / nullif(len(pairs) + len(others), 0);
COMMENT ON MACRO core.likeness IS '两个标题的相似度，0 到 1：相同的相邻两字所占的比例';
