-- name: fees
-- By month: what was charged then, and what became of fees then, whenever they were charged.
select
    brand.name as brand, currency, date_trunc('month', effective_on)::date as month, item_kind as fee,
    coalesce(sum(amount) filter (where credit_kind is null), 0) as charged,
    -coalesce(sum(amount) filter (where credit_kind = 'payment'), 0) as paid,
    -coalesce(sum(amount) filter (where credit_kind in ('adjustment', 'correction')), 0) as waived,
    -coalesce(sum(amount) filter (where credit_kind = 'write_off'), 0) as written_off,
    greatest(date_trunc('month', min(effective_on))::date, :since::date) as first,
    least((date_trunc('month', min(effective_on)) + interval '1 month - 1 day')::date, :until::date)
        as last
from report_movement
join brand on brand.id = report_movement.brand_id
where item_kind in ('late_fee', 'finance_charge')
    and effective_on between :since::date and :until::date
    and (:brand::text is null or brand.name = :brand::text)
    and (:currency::text is null or currency = :currency::text)
group by brand.name, currency, date_trunc('month', effective_on), item_kind
order by brand.name, currency, date_trunc('month', effective_on), item_kind
