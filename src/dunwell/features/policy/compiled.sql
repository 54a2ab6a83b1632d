-- What `compiled` reads of the current policy.

-- name: profiles
-- In the order of choice: the rules of each brand and currency, then the default profile.
select id, brand_id, currency, rule
from profile
where retired_version is null
    and (is_default or rule is not null)
order by brand_id, currency, is_default, position, id;

-- name: scenario_criteria
-- The extra criteria of the scenarios that may be entered.
select id, criteria
from scenario
where retired_version is null
    and criteria is not null
order by id;

-- name: to_do_rules
-- The types of to-dos that the night makes of events.
select id, events, condition from todo_type where events <> '[]' order by id;

-- name: current_version
-- The policy version in force.
select id, document, fingerprint from policy_version order by id desc limit 1;
