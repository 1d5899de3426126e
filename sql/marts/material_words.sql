-- One row a word of a notice's lists as of the notice's last scan. Key: notice_id, column_name, word. Defined in material_words_as_of.
CREATE OR REPLACE VIEW marts.material_words AS
SELECT
    last_scans.notice_id,
    last_scans.as_of,
    latest.column_name,
    latest.code,
    latest.word,
    latest.materials,
    latest.cities
FROM core.last_scans
CROSS JOIN LATERAL marts.material_words_as_of(last_scans.notice_id, last_scans.as_of) AS latest;
COMMENT ON VIEW marts.material_words IS '材料类型、活动类别、宣传主题各词最新的材料数和涉及市数';
COMMENT ON COLUMN marts.material_words.notice_id IS '通知代号';
COMMENT ON COLUMN marts.material_words.as_of IS '截至时间：最近一次完整扫描';
COMMENT ON COLUMN marts.material_words.column_name IS '哪一列的词：material_type 材料类型、category 活动类别、theme 宣传主题';
COMMENT ON COLUMN marts.material_words.code IS '词的代码';
COMMENT ON COLUMN marts.material_words.word IS '词';
COMMENT ON COLUMN marts.material_words.materials IS '写了这个词的材料条数，零报告不算';
COMMENT ON COLUMN marts.material_words.cities IS '有这种材料的市数';
