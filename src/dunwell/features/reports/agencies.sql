-- name: agencies
-- What agencies were given in the period, and what was paid in it of the cases that they had.
with referred as (
    select
        agency_id, currency,
        count(*) filter (where made_on between :since::date and :until::date) as referrals,
        sum(amount) filter (where made_on between :since::date and :until::date) as amount,
        count(*) filter (
            where recalled_on between :since::date and :until::date and status <> 'withdrawn'
        ) as recalled,
        count(*) filter (where status in ('ready', 'exported')) as present,
        sum(amount) filter (where status in ('ready', 'exported')) as present_amount
    from agency_referral
    group by agency_id, currency
), recovered as (
    select agency_id, currency, sum(amount) as amount
    from report_recovery
    where agency_id is not null and kind = 'payment'
        and posted_on between :since::date and :until::date
    group by agency_id, currency
)
select
    brand.name as brand, referred.currency, agency.name as agency, referred.referrals,
    coalesce(referred.amount, 0) as referred, referred.recalled, referred.present,
    coalesce(referred.present_amount, 0) as present_amount,
    coalesce(recovered.amount, 0) as recovered, :since::date as since, :until::date as until
from referred
join agency on agency.id = referred.agency_id
join brand on brand.id = agency.brand_id
left join recovered
    on recovered.agency_id = referred.agency_id and recovered.currency = referred.currency
where (:brand::text is null or brand.name = :brand::text)
    and (:currency::text is null or referred.currency = :currency::text)
order by brand.name, referred.currency, agency.name
