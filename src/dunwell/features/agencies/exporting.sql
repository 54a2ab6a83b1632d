-- Telling agencies: what is referred to them, and what they must stop.

-- name: agencies
-- The agencies that must be told something. Agencies of other brands stay unseen.
select agency.id, agency.name, brand.name
from agency
join brand on brand.id = agency.brand_id
where (:brands::int[] is null or agency.brand_id = any(:brands::int[]))
    and exists (
        select from agency_referral
        where agency_referral.agency_id = agency.id
            and agency_referral.status in ('ready', 'recalled')
    )
order by brand.name, agency.name

-- name: accounts
-- Whose referrals are going to be told, so that their slices can be locked first.
select distinct account_id / :slice_width::bigint
from agency_referral
where agency_id = :agency_id::int and status in ('ready', 'recalled')
order by 1

-- name: withdraw
-- Not wanted any more: the case was closed by other means than the night's.
update agency_referral
set status = 'withdrawn', recalled_on = :business_date::date, recall_reason = collection_case.close_reason
from collection_case
where agency_referral.agency_id = :agency_id::int
    and agency_referral.status = 'ready'
    and collection_case.account_id = agency_referral.account_id
    and collection_case.id = agency_referral.case_id
    and collection_case.status <> 'open'

-- name: one_exporter
-- Two exports for one agency take turns.
select from agency where id = :agency_id::int for update

-- name: file_no
-- The how manieth file of its kind on this day.
select count(*) + 1 from outgoing_file where kind = :kind::text and made_on = :business_date::date

-- name: referral_lines
-- One line for each bill that is overdue in the referred debt class, and for each fee; with the
-- debtor, and what of the bill is under dispute.
with owed as (
    select
        agency_referral.account_id, agency_referral.id, item.bill_id,
        case when item.bill_id is null then item.kind end as fee, min(item.issued_on) as issued_on, min(item.due_on) as due_on, sum(item.amount) as amount,
        sum(item.open_amount) as open_amount
    from agency_referral
    join collection_case
        on collection_case.account_id = agency_referral.account_id
        and collection_case.id = agency_referral.case_id
    join item
        on item.account_id = agency_referral.account_id
        and item.bill_unit_id = agency_referral.bill_unit_id
        and item.debt_class_id = collection_case.debt_class_id
    where agency_referral.agency_id = :agency_id::int
        and agency_referral.status = 'ready'
        and {{is_overdue}}
    group by
        agency_referral.account_id, agency_referral.id, item.bill_id,
        case when item.bill_id is null then item.id end,
        case when item.bill_id is null then item.kind end
)
select
    agency_referral.account_id, agency_referral.id,
    agency_referral.account_id || '-' || agency_referral.id as referral_no,
    agency_referral.made_on as referred_on,
    account.account_no, bill_unit.bill_unit_no, account.name, account.company, account.address,
    account.postal_code, account.city, account.country, account.email, account.phone,
    account.locale,
    newest.bill_no, coalesce(owed.fee, 'bill') as kind, owed.issued_on, owed.due_on,
    round_money(owed.amount, agency_referral.currency)::text as amount,
    round_money(owed.open_amount, agency_referral.currency)::text as open_amount,
    round_money(least(owed.open_amount, coalesce((
        select sum(dispute.amount)
        from dispute
        where dispute.account_id = owed.account_id
            and dispute.bill_id = owed.bill_id
            and dispute.disputed_on <= :business_date::date
            and (dispute.resolved_on is null or dispute.resolved_on > :business_date::date)
    ), 0)), agency_referral.currency)::text as disputed_amount,
    agency_referral.currency
from owed
join agency_referral
    on agency_referral.account_id = owed.account_id and agency_referral.id = owed.id
join account on account.id = agency_referral.account_id
join bill_unit
    on bill_unit.account_id = agency_referral.account_id
    and bill_unit.id = agency_referral.bill_unit_id
left join lateral (
    -- by the number of its latest correction
    select bill.bill_no
    from bill
    where bill.account_id = owed.account_id
        and bill.root_id = owed.bill_id
        and bill.issued_on <= :business_date::date
    -- `+ 0`: not by walking every bill of that day and before
    order by bill.issued_on + 0 desc, bill.id desc
    limit 1
) as newest on true
order by bill_unit.bill_unit_no, agency_referral.id, owed.due_on, newest.bill_no

-- name: recall_lines
select
    agency_referral.account_id, agency_referral.id,
    agency_referral.account_id || '-' || agency_referral.id as referral_no,
    agency_referral.recalled_on, account.account_no, bill_unit.bill_unit_no, account.name,
    agency_referral.recall_reason as reason,
    round_money(agency_referral.amount, agency_referral.currency)::text as referred_amount,
    agency_referral.currency
from agency_referral
join account on account.id = agency_referral.account_id
join bill_unit
    on bill_unit.account_id = agency_referral.account_id
    and bill_unit.id = agency_referral.bill_unit_id
where agency_referral.agency_id = :agency_id::int and agency_referral.status = 'recalled'
order by bill_unit.bill_unit_no, agency_referral.id

-- name: referrals_told
-- They stand in the file; each case's story says so.
with told as (
    update agency_referral
    set status = 'exported', exported_on = :business_date::date, outgoing_file_id = :file_id::int
    where (account_id, id) in (
        select named.account_id, named.id
        from unnest(:accounts::bigint[], :ids::bigint[]) as named (account_id, id)
    )
    returning account_id, bill_unit_id, case_id, amount, currency
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'referral_exported', :actor::text,
    jsonb_build_object(
        'agency', :agency::text, 'amount', amount::text, 'currency', currency,
        'file', :file::text
    )
from told

-- name: recalls_told
with told as (
    update agency_referral
    set status = 'ended', recall_file_id = :file_id::int
    where (account_id, id) in (
        select named.account_id, named.id
        from unnest(:accounts::bigint[], :ids::bigint[]) as named (account_id, id)
    )
    returning account_id, bill_unit_id, case_id
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'recall_exported', :actor::text,
    jsonb_build_object('agency', :agency::text, 'file', :file::text)
from told
