-- Service agreements: what is supplied to whom, where, and whether a cut would put anybody at risk.

-- name: draft
-- Each row as the agreement that it makes; one that a bill brought into being first is completed.
create temp table draft on commit drop as
select row.*, concat_ws('|', row.malformed,
        case
            when row.stopped_on < row.started_on then 'stopped_on: is before the first day'
        end,
        case
            when row.status not in ('pending_start', 'active', 'stopped', 'closed')
                then 'status: is none of pending_start, active, stopped, closed'
        end
    ) as problems
from (
    select
        given.line,
        known.id is not null as existing,
        bill_unit.account_id,
        bill_unit.id as bill_unit_id,
        known.id as service_agreement_id,
        given.service_agreement_no,
        coalesce(case when given.has_type then given.type else known.type end, 'standard') as type,
        coalesce(case when given.has_status then given.status else known.status end, 'active')
            as status,
        case when given.has_debt_class then debt_class.id else known.debt_class_id end
            as debt_class_id,
        case when given.has_started_on then given.started_on else known.started_on end
            as started_on,
        case when given.has_stopped_on then given.stopped_on else known.stopped_on end
            as stopped_on,
        case when given.has_premise_no then given.premise_no else known.premise_no end
            as premise_no,
        case when given.has_premise_address then given.premise_address else known.premise_address end
            as premise_address,
        coalesce(
            case when given.has_life_support then given.life_support else known.life_support end,
            false
        ) as life_support,
        coalesce(
            case
                when given.has_sensitive_load then given.sensitive_load
                else known.sensitive_load
            end,
            false
        ) as sensitive_load,
        coalesce(
            case when given.has_master_meter then given.master_meter else known.master_meter end,
            false
        ) as master_meter,
        case
            when given.has_third_party_supplier then given.third_party_supplier
            else known.third_party_supplier
        end as third_party_supplier,
        concat_ws('|', given.malformed,
            case
                when given.bill_unit_no is not null and bill_unit.id is null
                    then 'bill_unit_no: is not a known bill unit'
            end,
            case
                when known.bill_unit_id <> bill_unit.id
                    then 'bill_unit_no: differs; the agreement belongs to another bill unit'
            end,
            case
                when given.debt_class is not null and debt_class.id is null
                    then 'debt_class: is not a debt class of the policy'
            end
        ) as malformed
    from given
    left join bill_unit on bill_unit.bill_unit_no = given.bill_unit_no
    left join debt_class on debt_class.name = given.debt_class
    left join service_agreement as known
        on known.service_agreement_no = given.service_agreement_no
) as row;

-- name: merge_new
-- In the order of the accounts, so that the night reads neighbours together.
insert into service_agreement (
    account_id, bill_unit_id, service_agreement_no, type, status, debt_class_id, started_on,
    stopped_on, premise_no, premise_address, life_support, sensitive_load, master_meter,
    third_party_supplier
)
select
    account_id, bill_unit_id, service_agreement_no, type, status, debt_class_id, started_on,
    stopped_on, premise_no, premise_address, life_support, sensitive_load, master_meter,
    third_party_supplier
from draft
where not existing
order by account_id, line;

-- name: merge_changed
-- Only what differs is written.
with changed as (
    update service_agreement
    set type = draft.type, status = draft.status, debt_class_id = draft.debt_class_id,
        started_on = draft.started_on, stopped_on = draft.stopped_on,
        premise_no = draft.premise_no, premise_address = draft.premise_address,
        life_support = draft.life_support, sensitive_load = draft.sensitive_load,
        master_meter = draft.master_meter, third_party_supplier = draft.third_party_supplier
    from draft
    where draft.existing
        and service_agreement.account_id = draft.account_id
        and service_agreement.id = draft.service_agreement_id
        and (
            service_agreement.type, service_agreement.status, service_agreement.debt_class_id,
            service_agreement.started_on, service_agreement.stopped_on,
            service_agreement.premise_no, service_agreement.premise_address,
            service_agreement.life_support, service_agreement.sensitive_load,
            service_agreement.master_meter, service_agreement.third_party_supplier
        ) is distinct from (
            draft.type, draft.status, draft.debt_class_id, draft.started_on, draft.stopped_on,
            draft.premise_no, draft.premise_address, draft.life_support, draft.sensitive_load,
            draft.master_meter, draft.third_party_supplier
        )
    returning draft.line, service_agreement.account_id, service_agreement.bill_unit_id
)
insert into change
select line, account_id, bill_unit_id from changed;

-- name: merge_flags
-- A bill unit bills for others while one of its agreements that isn't closed is a third party's.
update bill_unit
set bills_for_others = told.bills_for_others
from (
    select
        draft.account_id, draft.bill_unit_id,
        bool_or(
            service_agreement.third_party_supplier is not null
            and service_agreement.status <> 'closed'
        ) as bills_for_others
    from draft
    join service_agreement
        on service_agreement.account_id = draft.account_id
        and service_agreement.bill_unit_id = draft.bill_unit_id
    group by draft.account_id, draft.bill_unit_id
) as told
where bill_unit.account_id = told.account_id
    and bill_unit.id = told.bill_unit_id
    and bill_unit.bills_for_others <> told.bills_for_others;
