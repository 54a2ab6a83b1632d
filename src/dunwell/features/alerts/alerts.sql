-- What is noteworthy about one account: a statement for each alert of the registry, put together
-- into one. Each gives a row for each thing: its bill unit (none: the whole account), since when,
-- what it is called, and for those of other systems their own name and words.

-- name: account
select id, brand_id from account where account_no = :account_no::text

-- name: life_support
select
    null::bigint as bill_unit_id, null::date as since, flag.name as about,
    null::text as outside_id, null::text as premise_no, null::text as text
from account
cross join lateral (
    values ('life_support', account.life_support), ('sensitive_load', account.sensitive_load)
) as flag (name, is_set)
where account.id = :account_id::bigint and flag.is_set

-- name: life_support_at_premise
select distinct
    null::bigint, null::date,
    coalesce(service_agreement.premise_no, service_agreement.service_agreement_no) || ': '
        || flag.name,
    null, service_agreement.premise_no, service_agreement.premise_address
from service_agreement
join account on account.id = service_agreement.account_id
cross join lateral (
    values
        ('life_support', {{life_support_at_premise}}),
        ('sensitive_load', {{sensitive_load_at_premise}})
) as flag (name, is_set)
where service_agreement.account_id = :account_id::bigint
    and service_agreement.status <> 'closed'
    and flag.is_set

-- name: severances
select
    severance.bill_unit_id, severance.started_on, severance.account_id || '-' || severance.id,
    null, null, null
from severance
where severance.account_id = :account_id::bigint and severance.status = 'active'

-- name: field_messages
select
    severance_event.bill_unit_id, severance_event.sent_on,
    severance_event.account_id || '-' || severance_event.id, null, null, null
from severance_event
where severance_event.account_id = :account_id::bigint
    and severance_event.status in ('sent', 'executing')
    and severance_event.type = 'field_activity'

-- name: cash_only
select null::bigint, null::date, rating.score::text, null, null, null
from (
    select {{cash_only_score}} as score from account where account.id = :account_id::bigint
) as rating
where rating.score >= (select value::text::int from setting where name = 'cash_only_threshold')

-- name: poor_rating
select null::bigint, null::date, rating.score::text, null, null, null
from (
    select {{credit_rating}} as score from account where account.id = :account_id::bigint
) as rating
where rating.score < (select value::text::int from setting where name = 'credit_rating_threshold')

-- name: open_cases
select
    collection_case.bill_unit_id, collection_case.entered_on,
    collection_case.account_id || '-' || collection_case.id, null, null, null
from collection_case
where collection_case.account_id = :account_id::bigint and collection_case.status = 'open'

-- name: agency_referral
select
    agency_referral.bill_unit_id, agency_referral.made_on, agency.name, null, null, null
from agency_referral
join agency on agency.id = agency_referral.agency_id
where agency_referral.account_id = :account_id::bigint
    and agency_referral.status in ('ready', 'exported')

-- name: written_off_bills
-- The bills whose items a write-off closed.
select credit.bill_unit_id, min(credit.effective_on), bill.bill_no, null, null, null
from credit
join allocation
    on allocation.account_id = credit.account_id and allocation.credit_id = credit.id
join item on item.account_id = allocation.account_id and item.id = allocation.item_id
join bill on bill.account_id = item.account_id and bill.id = item.bill_id
where credit.account_id = :account_id::bigint
    and credit.kind = 'write_off'
    and credit.effective_on > {{shown_after}}
group by credit.bill_unit_id, bill.bill_no

-- name: broken_pay_plans
select
    pay_plan.bill_unit_id, pay_plan.ended_on, pay_plan.account_id || '-' || pay_plan.id,
    null, null, null
from pay_plan
where pay_plan.account_id = :account_id::bigint
    and pay_plan.status = 'broken'
    and pay_plan.ended_on > {{shown_after}}

-- name: kept_pay_plans
select
    pay_plan.bill_unit_id, pay_plan.ended_on, pay_plan.account_id || '-' || pay_plan.id,
    null, null, null
from pay_plan
where pay_plan.account_id = :account_id::bigint
    and pay_plan.status = 'kept'
    and pay_plan.ended_on > {{shown_after}}

-- name: active_pay_plans
select
    pay_plan.bill_unit_id, pay_plan.made_on, pay_plan.account_id || '-' || pay_plan.id,
    null, null, null
from pay_plan
where pay_plan.account_id = :account_id::bigint and pay_plan.status = 'active'

-- name: pay_plan_denials
select
    contact.bill_unit_id, contact.contacted_on, contact.account_id || '-' || contact.id,
    null, null, null
from contact
where contact.account_id = :account_id::bigint
    and contact.contact_class = :pay_plan_class::text
    and contact.contact_type = :denied::text
    and contact.contacted_on > {{shown_after}}

-- name: open_disputes
select dispute.bill_unit_id, dispute.disputed_on, bill.bill_no, null, null, null
from dispute
join bill on bill.account_id = dispute.account_id and bill.id = dispute.bill_id
where dispute.account_id = :account_id::bigint
    and dispute.disputed_on <= :business_date::date
    and (dispute.resolved_on is null or dispute.resolved_on > :business_date::date)

-- name: unmatched_credits
select
    credit.bill_unit_id, credit.effective_on,
    coalesce(credit.number, credit.account_id || '-' || credit.id), null, null, null
from credit
where credit.account_id = :account_id::bigint
    and credit.open_amount > 0
    and credit.effective_on <= :business_date::date

-- name: open_to_dos
select todo.bill_unit_id, todo.made_on, todo.account_id || '-' || todo.id, null, null, null
from todo
where todo.account_id = :account_id::bigint and todo.status = 'open'

-- name: stopped_agreements
select
    service_agreement.bill_unit_id, service_agreement.stopped_on,
    service_agreement.service_agreement_no, null, null, null
from service_agreement
where service_agreement.account_id = :account_id::bigint and service_agreement.status = 'stopped'

-- name: pending_start_agreements
select
    service_agreement.bill_unit_id, service_agreement.started_on,
    service_agreement.service_agreement_no, null, null, null
from service_agreement
where service_agreement.account_id = :account_id::bigint
    and service_agreement.status = 'pending_start'

-- name: outside
-- What other systems set and haven't cleared. This one names its kinds itself.
select
    case
        when outside_alert.kind = 'workflow' and outside_alert.premise_no is not null
            then 'premise_workflow'
        else outside_alert.kind
    end as name,
    outside_alert.bill_unit_id, outside_alert.shown_from, outside_alert.outside_id as about,
    outside_alert.outside_id, outside_alert.premise_no, outside_alert.text
from outside_alert
where outside_alert.account_id = :account_id::bigint
    and outside_alert.shown_from <= :business_date::date
    and (
        outside_alert.shown_until is null or outside_alert.shown_until >= :business_date::date
    )
    and (outside_alert.context is null or outside_alert.context = :context::text)

-- name: together
-- The queries as one; of many things of one kind the newest are named.
with found as (
    {{found}}
)
select
    found.alert, bill_unit.bill_unit_no, count(*)::int as number, min(found.since) as since,
    (array_agg(found.about order by found.since desc nulls last, found.about))[1 : :most::int]
        as about,
    found.outside_id, found.premise_no, max(found.text) as text
from found
left join bill_unit
    on bill_unit.account_id = :account_id::bigint and bill_unit.id = found.bill_unit_id
group by found.alert, bill_unit.bill_unit_no, found.outside_id, found.premise_no
order by bill_unit.bill_unit_no nulls first, since
