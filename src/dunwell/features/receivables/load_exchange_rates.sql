-- Exchange rates; those of the policy are rows of their own and stay.

-- name: draft
-- Each row with what is wrong with it.
create temp table draft on commit drop as
select
    given.line,
    existing.id is not null as existing,
    existing.id,
    given.source_currency,
    given.target_currency,
    given.valid_from,
    given.rate,
    concat_ws('|', given.malformed,
        case
            when given.source_currency is not null and source.code is null
                then 'source_currency: is not an ISO 4217 currency'
        end,
        case
            when given.target_currency is not null and target.code is null
                then 'target_currency: is not an ISO 4217 currency'
        end,
        case
            when given.source_currency = given.target_currency
                then 'target_currency: is the source currency'
        end
    ) as problems
from given
left join currency as source on source.code = given.source_currency
left join currency as target on target.code = given.target_currency
left join exchange_rate as existing
    on existing.source_currency = given.source_currency
        and existing.target_currency = given.target_currency
        and existing.valid_from = given.valid_from
        and existing.origin = 'loaded';

-- name: merge_new
-- Rates of new days.
insert into exchange_rate (source_currency, target_currency, valid_from, rate, origin)
select source_currency, target_currency, valid_from, rate, 'loaded'
from draft
where not existing
order by line;

-- name: merge_changed
-- Only what differs is written.
with changed as (
    update exchange_rate
    set rate = draft.rate
    from draft
    where draft.existing and exchange_rate.id = draft.id and exchange_rate.rate <> draft.rate
    returning draft.line
)
insert into change (line)
select line from changed;
