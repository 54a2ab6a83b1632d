-- Bills and their open items. Corrective bills form chains: each replaces the one before, the
-- difference is an item (a rise) or a credit (a reduction) on the chain's first bill, its root.

-- name: draft
-- Each row as the bill that it makes, and what is wrong with it on its own.
create temp table draft on commit drop as
select row.*, case when row.corrects_no is null then row.id end as root_id
from (
    select
        given.line,
        existing.id is not null as existing,
        bill_unit.account_id,
        bill_unit.id as bill_unit_id,
        coalesce(existing.id, nextval('bill_id_seq')) as id,
        null::bigint as corrects_id,
        given.bill_no,
        case
            when given.has_corrects then given.corrects
            when existing.corrects_id is not null then (
                select parent.bill_no
                from bill as parent
                where parent.account_id = existing.account_id and parent.id = existing.corrects_id
            )
        end as corrects_no,
        given.issued_on,
        given.due_on,
        given.amount,
        case
            when existing.id is not null and not given.has_debt_class then existing.debt_class_id
            when given.debt_class is null then coalesce(
                service_agreement.debt_class_id,
                (select id from debt_class where name = 'standard')
            )
            else debt_class.id
        end as debt_class_id,
        given.has_service_agreement_no as says_service,
        given.service_agreement_no,
        given.has_disputed_amount or given.has_disputed_on or given.has_dispute_resolved_on
            as says_dispute,
        contested.amount as disputed_amount,
        contested.disputed_on,
        contested.resolved_on,
        concat_ws('|', given.malformed,
            case
                when given.bill_unit_no is not null and bill_unit.id is null
                    then 'bill_unit_no: is not a known bill unit'
            end,
            case
                when existing.bill_unit_id <> bill_unit.id
                    then 'bill_unit_no: differs; the bill belongs to another bill unit'
            end,
            case
                when min_scale(given.amount) > currency.digits
                    then 'amount: has more decimals than ' || currency.code
            end,
            case when given.amount < 0 then 'amount: is negative; send a corrective bill' end,
            case when given.due_on < given.issued_on then 'due_on: is before the day of the bill' end,
            case
                when given.debt_class is not null and debt_class.id is null
                    then 'debt_class: is not a debt class of the policy'
            end,
            case
                when service_agreement.bill_unit_id <> bill_unit.id
                    then 'service_agreement_no: belongs to another bill unit'
            end,
            case when given.corrects = given.bill_no then 'corrects: is the bill itself' end,
            case when contested.amount < 0 then 'disputed_amount: is negative' end,
            case
                when contested.amount > given.amount
                    then 'disputed_amount: is more than the bill''s amount'
            end,
            case
                when min_scale(contested.amount) > currency.digits
                    then 'disputed_amount: has more decimals than ' || currency.code
            end,
            case
                when contested.amount > 0 and contested.disputed_on is null
                    and given.raw_disputed_on is null
                    then 'disputed_on: is missing for the disputed amount'
            end,
            case
                when contested.amount is null and given.raw_disputed_amount is null
                    and given.disputed_on is not null
                    then 'disputed_amount: is missing for the dispute'
            end,
            case
                when contested.resolved_on < contested.disputed_on
                    then 'dispute_resolved_on: is before the day of the dispute'
            end
        ) as problems
    from given
    left join bill_unit on bill_unit.bill_unit_no = given.bill_unit_no
    left join currency on currency.code = bill_unit.currency
    left join debt_class on debt_class.name = given.debt_class
    left join service_agreement
        on service_agreement.service_agreement_no = given.service_agreement_no
    left join bill as existing on existing.bill_no = given.bill_no
    left join dispute
        on dispute.account_id = existing.account_id and dispute.bill_id = existing.root_id
    cross join lateral (
        select
            nullif(
                case when given.has_disputed_amount then given.disputed_amount else dispute.amount end, 0
            ) as amount,
            case when given.has_disputed_on then given.disputed_on else dispute.disputed_on end
                as disputed_on,
            case
                when given.has_dispute_resolved_on then given.dispute_resolved_on
                else dispute.resolved_on
            end as resolved_on
    ) as contested
) as row
-- so that what is made of it stands in the order of the accounts, and is sorted once
order by row.account_id, row.line;

-- name: check_service
-- A new service agreement belongs to the bill unit that names it first.
update draft
set problems = concat_ws('|', draft.problems, 'service_agreement_no: belongs to another bill unit')
from (
    select distinct on (service_agreement_no) service_agreement_no, bill_unit_id
    from draft
    where service_agreement_no is not null and bill_unit_id is not null
    order by service_agreement_no, line
) as first_named
where draft.service_agreement_no = first_named.service_agreement_no
    and draft.bill_unit_id <> first_named.bill_unit_id
    and strpos(draft.problems, 'service_agreement_no: belongs') = 0;

-- name: prepare_chains
-- The other bills of each chain that the file reaches into come along as they are, without a line.
insert into draft (
    existing, account_id, bill_unit_id, id, bill_no, corrects_no, root_id, issued_on, due_on,
    amount, debt_class_id, says_service, says_dispute, problems
)
with root as (
    select bill.account_id, bill.root_id
    from bill
    join draft on draft.corrects_no = bill.bill_no
    union
    select correction.account_id, correction.root_id
    from draft
    join bill as known on known.account_id = draft.account_id and known.id = draft.id
    join bill as correction
        on correction.account_id = known.account_id and correction.root_id = known.root_id
    where draft.existing and correction.corrects_id is not null
),
link as (
    select bill.*
    from root
    join bill on bill.account_id = root.account_id and bill.id = root.root_id
    union all
    select bill.*
    from root
    join bill on bill.account_id = root.account_id and bill.root_id = root.root_id
    where bill.corrects_id is not null
)
select
    true, link.account_id, link.bill_unit_id, link.id, link.bill_no, parent.bill_no,
    case when parent.id is null then link.id end, link.issued_on, link.due_on, link.amount, link.debt_class_id, false, false, ''
from link
left join bill as parent
    on parent.account_id = link.account_id and parent.id = link.corrects_id
where not exists (
    select from draft where draft.account_id = link.account_id and draft.id = link.id
);

-- name: prepare_corrections
-- Look everything up afresh: rows may have been rejected since. Without its bill, a correction
-- stands alone.
update draft set corrects_id = null, root_id = id where corrects_no is not null;

-- name: prepare_parents
-- Find the bill that each correction corrects; a row doesn't make do with the known version of a
-- bill whose row in this file is rejected.
update draft
set corrects_id = parent.id, root_id = null
from draft as parent
where draft.corrects_no is not null
    and draft.corrects_no = parent.bill_no
    and draft.account_id = parent.account_id
    and draft.id <> parent.id
    and (
        parent.line is not null
        or draft.line is null
        or not exists (select from stage where stage.bill_no = parent.bill_no)
    );

-- name: repeat_roots
-- Hand the root down the chain, one bill at a time.
update draft
set root_id = parent.root_id
from draft as parent
where draft.root_id is null
    and parent.account_id = draft.account_id
    and parent.id = draft.corrects_id
    and parent.root_id is not null;

-- name: check_corrects
-- A correction must find the bill that it corrects, in its own bill unit.
update draft
set problems = concat_ws('|', draft.problems, case
    when exists (select from stage where stage.bill_no = draft.corrects_no)
        then 'corrects: names a row that is rejected, or a bill of another account'
    when exists (select from bill where bill.bill_no = draft.corrects_no)
        then 'corrects: is a bill of another bill unit'
    else 'corrects: is not a known bill'
end)
where draft.line is not null
    and draft.corrects_no <> draft.bill_no
    and draft.corrects_id is null
    and draft.account_id is not null;

-- name: check_corrects_own
-- The same account may have several bill units.
update draft
set problems = concat_ws('|', draft.problems, 'corrects: is a bill of another bill unit')
from draft as parent
where draft.line is not null
    and draft.corrects_id is not null
    and parent.account_id = draft.account_id
    and parent.id = draft.corrects_id
    and parent.bill_unit_id <> draft.bill_unit_id;

-- name: check_corrected_twice
-- A bill has one successor: the one that it had, else the first of the file.
update draft
set problems = concat_ws('|', draft.problems, 'corrects: is already corrected by another bill')
from (
    select
        draft.line,
        row_number() over (
            partition by draft.account_id, draft.corrects_id
            order by known.id is null, draft.line
        ) as place
    from draft
    left join bill as known
        on known.account_id = draft.account_id
            and known.id = draft.id
            and known.corrects_id = draft.corrects_id
    where draft.corrects_id is not null
) as successor
where draft.line = successor.line and successor.place > 1;

-- name: check_circle
-- No bill corrects itself through others.
update draft
set problems = concat_ws('|', draft.problems, 'corrects: goes round in a circle')
where draft.line is not null and draft.root_id is null;

-- name: merge_services
-- Service agreements come into being with the first bill that names them.
insert into service_agreement (account_id, bill_unit_id, service_agreement_no)
select distinct account_id, bill_unit_id, service_agreement_no
from draft
where service_agreement_no is not null
    and not exists (
        select from service_agreement
        where service_agreement.service_agreement_no = draft.service_agreement_no
    )
order by account_id, bill_unit_id, service_agreement_no;

-- name: merge_new
-- In the order of the accounts, as `draft` stands, so that the night reads neighbours together.
insert into bill (
    account_id, id, bill_unit_id, corrects_id, root_id, issued_on, due_on, debt_class_id, amount,
    bill_no
)
select
    account_id, id, bill_unit_id, corrects_id, root_id, issued_on, due_on, debt_class_id, amount,
    bill_no
from draft
where not existing;

-- name: merge_new_items
-- A new bill that corrects none is one item.
insert into item (
    account_id, bill_unit_id, bill_id, source_bill_id, service_agreement_id, debt_class_id,
    issued_on, due_on, amount, open_amount, kind
)
select
    draft.account_id, draft.bill_unit_id, draft.id, draft.id, service_agreement.id,
    draft.debt_class_id, draft.issued_on, draft.due_on, draft.amount, draft.amount, 'bill'
from draft
left join service_agreement
    on service_agreement.service_agreement_no = draft.service_agreement_no
        and service_agreement.account_id = draft.account_id
where not draft.existing and draft.corrects_id is null;

-- name: merge_changed
-- Only what differs is written.
with changed as (
    update bill
    set corrects_id = draft.corrects_id, root_id = draft.root_id, issued_on = draft.issued_on,
        due_on = draft.due_on, debt_class_id = draft.debt_class_id, amount = draft.amount
    from draft
    where draft.existing
        and bill.account_id = draft.account_id
        and bill.id = draft.id
        and (
            bill.corrects_id, bill.root_id, bill.issued_on, bill.due_on, bill.debt_class_id,
            bill.amount
        ) is distinct from (
            draft.corrects_id, draft.root_id, draft.issued_on, draft.due_on, draft.debt_class_id,
            draft.amount
        )
    returning draft.line, bill.account_id, bill.bill_unit_id
)
insert into change
select line, account_id, bill_unit_id from changed;

-- name: merge_owed
-- What the known bills and the corrections amount to now: the whole bill, or the difference to the
-- bill that it corrects, which takes its age and its debt class from the root.
create temp table owed on commit drop as
select
    draft.line, draft.existing, draft.account_id, draft.bill_unit_id, draft.id, draft.root_id,
    draft.corrects_id,
    draft.amount - coalesce(corrected.amount, 0) as difference,
    draft.issued_on, root.due_on, root.debt_class_id, draft.says_service,
    service_agreement.id as service_agreement_id
from draft
join draft as root on root.account_id = draft.account_id and root.id = draft.root_id
left join draft as corrected
    on corrected.account_id = draft.account_id and corrected.id = draft.corrects_id
left join service_agreement
    on service_agreement.service_agreement_no = draft.service_agreement_no
        and service_agreement.account_id = draft.account_id
where draft.existing or draft.corrects_id is not null;

-- name: merge_new_rises
-- The items that are still wanting: of corrections that raise the bill, of freed corrections.
insert into item (
    account_id, bill_unit_id, bill_id, source_bill_id, service_agreement_id, debt_class_id,
    issued_on, due_on, amount, open_amount, kind
)
select
    account_id, bill_unit_id, root_id, id, service_agreement_id, debt_class_id,
    issued_on, due_on, difference, difference,
    case when corrects_id is null then 'bill' else 'correction' end
from owed
where (corrects_id is null or difference > 0)
    and not exists (
        select from item
        where item.account_id = owed.account_id and item.source_bill_id = owed.id
    )
order by account_id, id;

-- name: merge_changed_items
-- The open amount moves with the amount; below zero, the night releases what was applied.
with changed as (
    update item
    set amount = greatest(owed.difference, 0),
        open_amount = item.open_amount + greatest(owed.difference, 0) - item.amount,
        bill_id = owed.root_id,
        issued_on = owed.issued_on,
        due_on = owed.due_on,
        debt_class_id = owed.debt_class_id,
        kind = case when owed.corrects_id is null then 'bill' else 'correction' end,
        service_agreement_id = case
            when owed.says_service then owed.service_agreement_id
            else item.service_agreement_id
        end
    from owed
    where item.account_id = owed.account_id
        and item.source_bill_id = owed.id
        and (
            item.amount, item.bill_id, item.issued_on, item.due_on, item.debt_class_id, item.kind,
            item.service_agreement_id
        ) is distinct from (
            greatest(owed.difference, 0), owed.root_id, owed.issued_on, owed.due_on,
            owed.debt_class_id,
            case when owed.corrects_id is null then 'bill' else 'correction' end,
            case
                when owed.says_service then owed.service_agreement_id
                else item.service_agreement_id
            end
        )
    returning
        case when owed.existing then owed.line end as line, item.account_id, item.bill_unit_id
)
insert into change
select line, account_id, bill_unit_id from changed;

-- name: merge_new_reductions
-- A correction that lowers the bill is a credit on it.
insert into credit (
    account_id, bill_unit_id, bill_id, source_bill_id, effective_on, amount, open_amount, kind
)
select
    account_id, bill_unit_id, root_id, id, issued_on, -difference, -difference, 'correction'
from owed
where corrects_id is not null
    and difference < 0
    and not exists (
        select from credit
        where credit.account_id = owed.account_id and credit.source_bill_id = owed.id
    )
order by account_id, id;

-- name: merge_changed_reductions
-- A reduction that is none any more goes to zero; another day or root has it applied anew.
with wanted as (
    select
        owed.*,
        case when corrects_id is null then 0 else greatest(-difference, 0) end as reduction
    from owed
),
changed as (
    update credit
    set amount = wanted.reduction,
        open_amount = credit.open_amount + wanted.reduction - credit.amount,
        bill_id = wanted.root_id,
        effective_on = wanted.issued_on,
        reapply = credit.reapply
            or (credit.bill_id, credit.effective_on)
                is distinct from (wanted.root_id, wanted.issued_on)
    from wanted
    where credit.account_id = wanted.account_id
        and credit.source_bill_id = wanted.id
        and (credit.amount, credit.bill_id, credit.effective_on)
            is distinct from (wanted.reduction, wanted.root_id, wanted.issued_on)
    returning
        case when wanted.existing then wanted.line end as line,
        credit.account_id, credit.bill_unit_id
)
insert into change
select line, account_id, bill_unit_id from changed;

-- name: merge_moved_credits
-- What named a bill that has become a correction names its root now.
update credit
set bill_id = owed.root_id, reapply = true
from owed
where owed.corrects_id is not null
    and owed.existing
    and credit.account_id = owed.account_id
    and credit.bill_unit_id = owed.bill_unit_id
    and credit.bill_id = owed.id;

-- name: merge_moved_items
-- The same for debit adjustments.
update item
set bill_id = owed.root_id
from owed
where owed.corrects_id is not null
    and owed.existing
    and item.account_id = owed.account_id
    and item.source_bill_id is distinct from item.bill_id
    and item.bill_id = owed.id;

-- name: merge_moved_disputes
-- The same for disputes.
update dispute
set bill_id = owed.root_id
from owed
where owed.corrects_id is not null
    and owed.existing
    and dispute.account_id = owed.account_id
    and dispute.bill_id = owed.id;

-- name: merge_disputes
-- A chain has one dispute at most: the latest that its rows in this file state, else none.
with stated as (
    select distinct on (account_id, root_id)
        line, account_id, bill_unit_id, root_id, disputed_amount, disputed_on, resolved_on, existing
    from draft
    where says_dispute
    order by account_id, root_id, disputed_amount is null, issued_on desc, line desc
),
dropped as (
    delete from dispute
    using stated
    where dispute.account_id = stated.account_id
        and dispute.bill_id = stated.root_id
        and stated.disputed_amount is null
        -- an empty column says that the file knows of none, not that a person raised none
        and dispute.raised_by is null
    returning stated.line, stated.existing, dispute.account_id, dispute.bill_unit_id
),
changed as (
    update dispute
    set amount = stated.disputed_amount, disputed_on = stated.disputed_on,
        resolved_on = stated.resolved_on,
        -- what a person decided was about the one before, if this one is open
        resolved_by = case when stated.resolved_on is not null then dispute.resolved_by end,
        outcome = case when stated.resolved_on is not null then dispute.outcome end
    from stated
    where dispute.account_id = stated.account_id
        and dispute.bill_id = stated.root_id
        and stated.disputed_amount is not null
        and (dispute.amount, dispute.disputed_on, dispute.resolved_on)
            is distinct from (stated.disputed_amount, stated.disputed_on, stated.resolved_on)
        -- a file that doesn't know yet that a person resolved it doesn't reopen it
        and (
            dispute.resolved_by is not null
            and stated.resolved_on is null
            and stated.disputed_on <= dispute.resolved_on
        ) is not true
    returning stated.line, stated.existing, dispute.account_id, dispute.bill_unit_id
),
made as (
    insert into dispute (account_id, bill_unit_id, bill_id, amount, disputed_on, resolved_on)
    select account_id, bill_unit_id, root_id, disputed_amount, disputed_on, resolved_on
    from stated
    where disputed_amount is not null
        and not exists (
            select from dispute
            where dispute.account_id = stated.account_id and dispute.bill_id = stated.root_id
        )
    returning account_id, bill_unit_id, bill_id
)
insert into change
select case when existing then line end, account_id, bill_unit_id from dropped
union all
select case when existing then line end, account_id, bill_unit_id from changed
union all
select case when stated.existing then stated.line end, made.account_id, made.bill_unit_id
from made
join stated on stated.account_id = made.account_id and stated.root_id = made.bill_id;
