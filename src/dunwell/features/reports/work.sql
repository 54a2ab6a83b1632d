-- name: work
-- What people did by hand, from the log.
select
    brand.name as brand, event.actor as person,
    count(*) filter (where kind = 'action_completed') as completed,
    count(*) filter (where kind = 'action_cancelled') as cancelled,
    count(*) filter (where kind = 'action_rescheduled') as rescheduled,
    count(*) filter (where kind = 'action_added') as added,
    count(*) filter (where kind = 'note_written') as notes,
    count(*) filter (where kind = 'promise_made') as promises,
    count(*) filter (where kind = 'case_assigned') as assigned,
    count(*) filter (where kind <> all (array[
        'action_completed', 'action_cancelled', 'action_rescheduled', 'action_added',
        'note_written', 'promise_made', 'case_assigned'
    ])) as otherwise,
    count(*) as deeds, :since::date as since, :until::date as until
from event
join account on account.id = event.account_id
join brand on brand.id = account.brand_id
where event.business_date between :since::date and :until::date
    and event.actor <> 'night' and event.actor not in ('settlement', 'delivery')
    and event.kind <> all (array['case_opened', 'case_closed', 'promise_kept', 'promise_broken'])
    and (:brand::text is null or brand.name = :brand::text)
    and (:own_name::text is null or event.actor = :own_name::text)
group by brand.name, event.actor
order by brand.name, event.actor
