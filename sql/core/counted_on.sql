-- The day by which a row counts as its unit's of then: that of its period, else of the event, else its own, else that on which it came.
CREATE OR REPLACE MACRO core.counted_on(period_day, period, row_date, received_at) AS
coalesce(period_day, try_cast(nullif(period, '') AS TIMESTAMP)::DATE, row_date, received_at::DATE);
COMMENT ON MACRO core.counted_on IS '一行按哪一天的名称、市和条线算';
