-- Agencies and what is with them, as people look at it.

-- name: agencies
select
    agency.name, brand.name as brand, agency.email,
    count(agency_referral.id) filter (where agency_referral.status = 'ready') as ready,
    count(agency_referral.id) filter (where agency_referral.status = 'exported') as exported,
    count(agency_referral.id) filter (where agency_referral.status = 'recalled') as recalled
from agency
join brand on brand.id = agency.brand_id
left join agency_referral
    on agency_referral.agency_id = agency.id
    and agency_referral.status in ('ready', 'exported', 'recalled')
where agency.retired_version is null
    and (:brands::int[] is null or agency.brand_id = any(:brands::int[]))
group by agency.id, brand.name
order by brand.name, agency.name

-- name: referrals
select
    agency_referral.id, agency.name as agency,
    agency_referral.account_id || '-' || agency_referral.case_id as case, agency_referral.made_on,
    round_money(agency_referral.amount, agency_referral.currency) as amount,
    agency_referral.currency, agency_referral.status,
    agency_referral.exported_on, agency_referral.recalled_on, agency_referral.recall_reason
from agency_referral
join agency on agency.id = agency_referral.agency_id
where agency_referral.account_id = :account_id::bigint
    and agency_referral.bill_unit_id = :bill_unit_id::bigint
    and (:after_id::bigint is null or agency_referral.id < :after_id::bigint)
order by agency_referral.id desc
limit :most::bigint
