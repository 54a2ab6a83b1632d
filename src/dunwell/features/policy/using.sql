-- What an installation uses.

-- name: using
-- Each is one look at a small table, or at the first row of a large one.
select
    exists (select from service_agreement) or exists (select from budget),
    exists (select from pay_plan_type),
    exists (select from severance_template),
    exists (select from todo_type) or exists (select from severance_template),
    exists (select from contact_type) or exists (select from pay_plan_type),
    exists (select from demerit)
        or exists (select from action_definition where type = 'affect_rating')
        or exists (select from pay_plan_type where broken_points <> 0),
    exists (select from experiment where retired_version is null),
    (select count(distinct debt_class_id) from scenario where retired_version is null)
