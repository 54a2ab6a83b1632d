-- name: override_agency
-- A plug-in's choice; a name that the brand doesn't have leaves the action without an agency.
update due_action
set agency_id = (
    select agency.id
    from agency
    join account on account.brand_id = agency.brand_id
    where account.id = due_action.account_id and agency.name = :agency::text
        and agency.retired_version is null
)
where no = :no::int

-- name: refuse_without_agency
update due_action
set outcome = 'error',
    message = 'The brand has no such agency; add one to the policy, then retry.'
where no between :first_no::int and :last_no::int and agency_id is null

-- name: refer
insert into agency_referral (
    account_id, case_id, action_id, bill_unit_id, made_on, agency_id, amount, currency
)
select
    account_id, case_id, action_id, bill_unit_id, :business_date::date, agency_id,
    overdue_amount, currency
from due_action
where no between :first_no::int and :last_no::int and outcome is null
order by account_id, action_id
