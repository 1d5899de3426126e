-- One row a group of recipients at a moment: who took part, what was reported when, and the rates made from these counts
-- (contract section 7). Key: group_code. For the dimensions see core.recipient_group.
-- A group that no recipient belongs to has no row; a rate without a denominator is NULL.
CREATE OR REPLACE MACRO core.reporting_counts(notice, t, dimension) AS TABLE
SELECT counted.* EXCLUDE (is_whole) -- noqa: AM04
FROM core.reporting_with_whole(notice, t, dimension) AS counted
WHERE NOT counted.is_whole;
COMMENT ON MACRO TABLE core.reporting_counts IS '某一时刻按市、条线、类别等分组的参与和报送情况';
