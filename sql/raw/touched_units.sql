-- One row a unit whose counts of obligations this cycle makes anew; empty between cycles. Key: none.
-- Whose reports, returns or decided obligations changed, and every unit of a notice that is new.
CREATE TABLE IF NOT EXISTS raw.touched_units (
    notice_id VARCHAR NOT NULL,
    recipient_code VARCHAR NOT NULL
);
COMMENT ON TABLE raw.touched_units IS '本轮要重算应报项数的单位';
COMMENT ON COLUMN raw.touched_units.notice_id IS '通知代号';
COMMENT ON COLUMN raw.touched_units.recipient_code IS '单位代码';
