-- name: scenarios
-- The least demands of all current scenarios, and after how many days overdue an item may change
-- its bill unit's fate.
select
    (select min(entry_amount) from scenario where retired_version is null) as least_entry_amount,
    (select min(entry_days) from scenario where retired_version is null) as least_entry_days,
    (
        select array_agg(distinct days)
        from (
            select entry_days as days from scenario where retired_version is null
            union
            select 1
        ) as threshold
    ) as thresholds
