-- The figure a question names, or an error where there is none of that name: those of marts.figures_as_of.
CREATE OR REPLACE MACRO core.given_figure(figure) AS
CASE
    WHEN figure IN (
        'circulated', 'obligated', 'participating', 'participation_rate', 'expected', 'due', 'on_time', 'late', 'missing',
        'pending', 'zero_reports', 'reporting_rate', 'on_time_rate', 'materials', 'typical_cases', 'articles', 'photos',
        'videos', 'day_coverage', 'county_coverage', 'category_coverage', 'participants', 'online_views'
    ) THEN figure
    ELSE error(concat('没有“', coalesce(figure, '空值'), '”这个数；有哪些见数据字典里的 figures'))
END;
COMMENT ON MACRO core.given_figure IS '所问的数：没有的报错';
