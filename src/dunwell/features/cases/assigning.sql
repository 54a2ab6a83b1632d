-- Assigning open cases to agents.

-- name: agent
select id from agent where name = :agent::text

-- name: lock_cases
-- The open cases of the bill units, locked in the order that everybody keeps.
select bill_unit.bill_unit_no
from unnest(:account_ids::bigint[], :bill_unit_ids::bigint[]) as given (account_id, bill_unit_id)
join bill_unit
    on bill_unit.account_id = given.account_id and bill_unit.id = given.bill_unit_id
join collection_case
    on collection_case.account_id = bill_unit.account_id
    and collection_case.bill_unit_id = bill_unit.id
    and collection_case.status = 'open'
order by collection_case.account_id, collection_case.id
for update of collection_case

-- name: assign
-- One event for each case that changed hands. The night decides nothing by the agent.
with given as (
    select distinct account_id, bill_unit_id
    from unnest(:account_ids::bigint[], :bill_unit_ids::bigint[])
        as listed (account_id, bill_unit_id)
), before as (
    select
        collection_case.account_id, collection_case.id, collection_case.agent_id as from_agent_id
    from given
    join collection_case
        on collection_case.account_id = given.account_id
        and collection_case.bill_unit_id = given.bill_unit_id
    where collection_case.status = 'open'
        and collection_case.agent_id is distinct from :agent_id::int
), assigned as (
    update collection_case
    set agent_id = :agent_id::int, version = collection_case.version + 1
    from before
    where collection_case.account_id = before.account_id and collection_case.id = before.id
    returning
        collection_case.account_id, collection_case.id, collection_case.bill_unit_id,
        before.from_agent_id
), told as (
    insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
    select
        :business_date::date, assigned.account_id, assigned.bill_unit_id, assigned.id,
        'case_assigned', :actor::text,
        jsonb_strip_nulls(jsonb_build_object(
            'agent', :agent::text, 'from', agent.name, 'reason', :reason::text,
            'note', :note::text
        ))
    from assigned
    left join agent on agent.id = assigned.from_agent_id
)
select account_id, id from assigned order by account_id, id
