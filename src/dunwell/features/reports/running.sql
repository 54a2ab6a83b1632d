-- name: boundaries
-- The system-wide aging buckets of the policy.
select coalesce(array_agg(up_to_days order by up_to_days), '{}') from aging_bucket

-- name: digits
-- Of each currency, how many decimals it has.
select code, digits from currency

-- name: known
-- Whether there is such a brand, and such a currency, for whoever asks.
select
    exists (select from brand where name = :brand::text),
    exists (select from currency where code = :currency::text)
