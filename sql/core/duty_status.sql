-- How an obligation stands at a moment (contract section 7): the one place where it is said.
CREATE OR REPLACE MACRO core.duty_status(exemption_reason, first_accepted_at, due_at, t) AS
CASE
    WHEN exemption_reason IS NOT NULL THEN 'exempt'
    WHEN first_accepted_at <= due_at THEN 'on_time'
    WHEN first_accepted_at > due_at THEN 'late'
    WHEN due_at <= t THEN 'missing'
    ELSE 'pending'
END;
COMMENT ON MACRO core.duty_status IS '一项应报在某一时刻的状态：免报、按时、迟报、未报、未到期';
