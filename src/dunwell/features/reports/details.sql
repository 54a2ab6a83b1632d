-- The rows behind the figures: lists in the order of their numbers, a page at a time. A filter that
-- is null filters nothing.

-- piece: of_the_asked
-- Is it of the brand and the currency that were asked for? Asked of each row, since a page is short.
(:brand::text is null or (
    select account.brand_id from account where account.id = listed.account_id
) = any (array(select brand.id from brand where brand.name = :brand::text)))
and (:currency::text is null or (
    select bill_unit.currency from bill_unit
    where bill_unit.account_id = listed.account_id and bill_unit.id = listed.bill_unit_id
) = :currency::text)

-- name: open_items
-- What was open of items on a day; with `later`, also what is still open of the same on that day.
with chosen as materialized (
    select listed.account_id, listed.id, open.amount as open_amount, open.later as open_later
    from item as listed
    cross join lateral (
        -- never less than nothing: a payment that bounced may have been followed by an older credit
        select
            greatest(listed.amount - coalesce(
                sum(allocation.amount) filter (where allocation.effective_on <= :as_of::date), 0
            ), 0) as amount,
            case when :later::date is not null then greatest(listed.amount - coalesce(
                sum(allocation.amount) filter (where allocation.effective_on <= :later::date), 0
            ), 0) end as later
        from allocation
        where allocation.account_id = listed.account_id and allocation.item_id = listed.id
    ) as open
    where (listed.account_id, listed.id) > (:after_account::bigint, :after_id::bigint)
        and listed.issued_on <= :as_of::date
        and (:from_days::int is null or :as_of::date - listed.due_on >= :from_days::int)
        and (:to_days::int is null or :as_of::date - listed.due_on <= :to_days::int)
        and (:later_from::int is null or :later::date - listed.due_on >= :later_from::int)
        and (:later_to::int is null or :later::date - listed.due_on <= :later_to::int)
        and (open.amount <> 0 or open.later <> 0)
        and {{of_the_asked}}
    order by listed.account_id, listed.id
    limit :limit::int
)
select
    item.account_id, item.id, brand.name as brand, account.account_no, bill_unit.bill_unit_no,
    bill.bill_no, item.kind, item.issued_on, item.due_on,
    greatest(:as_of::date - item.due_on, 0) as days_overdue, bill_unit.currency, item.amount,
    chosen.open_amount, chosen.open_later,
    case when :settled::text is null then chosen.open_later
        else chosen.open_amount - chosen.open_later end as counted
from chosen
join item on item.account_id = chosen.account_id and item.id = chosen.id
join bill_unit on bill_unit.account_id = item.account_id and bill_unit.id = item.bill_unit_id
join account on account.id = item.account_id
join brand on brand.id = account.brand_id
left join bill on bill.account_id = item.account_id and bill.id = item.bill_id
order by item.account_id, item.id

-- name: issued_items
-- What was billed, charged or debited in a period.
with chosen as materialized (
    select listed.account_id, listed.id
    from item as listed
    where (listed.account_id, listed.id) > (:after_account::bigint, :after_id::bigint)
        and listed.issued_on between :since::date and :until::date
        and listed.amount <> 0
        and (:kind::text is null or listed.kind = :kind::text)
        and {{of_the_asked}}
    order by listed.account_id, listed.id
    limit :limit::int
)
select
    item.account_id, item.id, brand.name as brand, account.account_no, bill_unit.bill_unit_no,
    bill.bill_no, item.kind, item.issued_on, item.due_on, bill_unit.currency, item.amount,
    item.open_amount
from chosen
join item on item.account_id = chosen.account_id and item.id = chosen.id
join bill_unit on bill_unit.account_id = item.account_id and bill_unit.id = item.bill_unit_id
join account on account.id = item.account_id
join brand on brand.id = account.brand_id
left join bill on bill.account_id = item.account_id and bill.id = item.bill_id
order by item.account_id, item.id

-- name: applied
-- What was paid, waived or written off of items of a kind, from the day on which it counts.
with chosen as materialized (
    select listed.account_id, listed.id
    from (
        select allocation.account_id, allocation.id, allocation.credit_id, item.bill_unit_id
        from (
            -- in the order of the page; the rest is asked of one after the other, until it is full
            select account_id, id, item_id, credit_id, effective_on
            from allocation
            where (account_id, id) > (:after_account::bigint, :after_id::bigint)
                and effective_on <= :until::date
            order by account_id, id
            offset 0
        ) as allocation
        cross join lateral (
            select item.kind, item.issued_on, item.bill_unit_id
            from item
            where item.account_id = allocation.account_id and item.id = allocation.item_id
            offset 0
        ) as item
        where greatest(allocation.effective_on, item.issued_on)
                between :since::date and :until::date
            and (:kind::text is null or item.kind = :kind::text)
    ) as listed
    where (:effect::text is null or (
            select case :effect::text
                when 'waived' then credit.kind in ('adjustment', 'correction')
                else credit.kind = :effect::text end
            from credit
            where credit.account_id = listed.account_id and credit.id = listed.credit_id
        ))
        and {{of_the_asked}}
    order by listed.account_id, listed.id
    limit :limit::int
)
select
    allocation.account_id, allocation.id, brand.name as brand, account.account_no,
    bill_unit.bill_unit_no, bill.bill_no, item.kind, item.due_on, credit.kind as credit,
    credit.number, allocation.effective_on, allocation.posted_on, bill_unit.currency,
    allocation.amount
from chosen
join allocation on allocation.account_id = chosen.account_id and allocation.id = chosen.id
join item on item.account_id = allocation.account_id and item.id = allocation.item_id
join credit on credit.account_id = allocation.account_id and credit.id = allocation.credit_id
join bill_unit on bill_unit.account_id = item.account_id and bill_unit.id = item.bill_unit_id
join account on account.id = item.account_id
join brand on brand.id = account.brand_id
left join bill on bill.account_id = item.account_id and bill.id = item.bill_id
order by allocation.account_id, allocation.id

-- name: cases
-- Stays in collections, with all that is open of their debts now, due or not.
with chosen as materialized (
    select collection_case.account_id, collection_case.id
    from collection_case
    where (collection_case.account_id, collection_case.id)
            > (:after_account::bigint, :after_id::bigint)
        and (:status::text is null or collection_case.status = :status::text)
        and (:bill_unit_status::text is null or (
            select bill_unit.status from bill_unit
            where bill_unit.account_id = collection_case.account_id
                and bill_unit.id = collection_case.bill_unit_id
        ) = :bill_unit_status::text)
        and (:policy_version::int is null or collection_case.policy_version_id = :policy_version::int)
        and (:agent::text is null or collection_case.agent_id = any (array(
            select agent.id from agent where agent.name = :agent::text
        )))
        and (:entered_since::date is null or collection_case.entered_on >= :entered_since::date)
        and (:entered_until::date is null or collection_case.entered_on <= :entered_until::date)
        and (:closed_since::date is null or collection_case.closed_on >= :closed_since::date)
        and (:closed_until::date is null or collection_case.closed_on <= :closed_until::date)
        and (:open_on::date is null or (
            collection_case.entered_on <= :open_on::date
            and (collection_case.closed_on is null or collection_case.closed_on > :open_on::date)
        ))
        and case :reason::text
            when 'otherwise' then collection_case.close_reason
                not in ('cured', 'promise_kept', 'written_off', 'replaced')
            else :reason::text is null or collection_case.close_reason = :reason::text
        end
        and collection_case.scenario_id = any (array(
            select scenario.id
            from scenario
            join brand on brand.id = scenario.brand_id
            join profile on profile.id = scenario.profile_id
            where (:scenario::text is null or scenario.name = :scenario::text)
                and (:profile::text is null or profile.name = :profile::text)
                and (:brand::text is null or brand.name = :brand::text)
                and (:currency::text is null or profile.currency = :currency::text)
        ))
    order by collection_case.account_id, collection_case.id
    limit :limit::int
)
select
    collection_case.account_id, collection_case.id, brand.name as brand, account.account_no,
    account.name, bill_unit.bill_unit_no, bill_unit.status as bill_unit_status,
    profile.name as profile, scenario.name as scenario,
    collection_case.policy_version_id as policy_version, agent.name as agent,
    collection_case.entered_on, collection_case.closed_on, collection_case.close_reason,
    bill_unit.currency, collection_case.entry_overdue_amount, collection_case.overdue_amount,
    owed.amount as total_amount
from chosen
join collection_case on collection_case.account_id = chosen.account_id and collection_case.id = chosen.id
join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
join account on account.id = collection_case.account_id
join brand on brand.id = account.brand_id
join scenario on scenario.id = collection_case.scenario_id
join profile on profile.id = scenario.profile_id
left join agent on agent.id = collection_case.agent_id
cross join lateral (
    select coalesce(sum(item.open_amount), 0) as amount
    from item
    where item.account_id = collection_case.account_id
        and item.bill_unit_id = collection_case.bill_unit_id
        and item.debt_class_id = collection_case.debt_class_id
        and item.open_amount > 0
) as own
cross join lateral (
    -- the parent of a sharing group answers for its members
    select own.amount + coalesce(sum(item.open_amount), 0) as amount
    from sharing_member as parent
    join sharing_member as member on member.sharing_group_id = parent.sharing_group_id
    join item
        on item.account_id = member.account_id and item.bill_unit_id = member.bill_unit_id
        and item.debt_class_id = collection_case.debt_class_id
    where parent.account_id = collection_case.account_id
        and parent.bill_unit_id = collection_case.bill_unit_id
        and parent.role = 'parent' and parent.left_on is null
        and member.role = 'member' and member.left_on is null
        and item.open_amount > 0
) as owed
order by collection_case.account_id, collection_case.id

-- name: recoveries
-- What was paid of the debts that cases entered with, while they were open.
select
    allocation.account_id, allocation.id, brand.name as brand, account.account_no,
    bill_unit.bill_unit_no, scenario.name as scenario, agent.name as agent,
    collection_case.entered_on, collection_case.policy_version_id as policy_version,
    bill.bill_no, item.due_on, credit.number, allocation.effective_on, allocation.posted_on,
    bill_unit.currency, allocation.amount
from allocation
join credit on credit.account_id = allocation.account_id and credit.id = allocation.credit_id
join item on item.account_id = allocation.account_id and item.id = allocation.item_id
join bill_unit on bill_unit.account_id = item.account_id and bill_unit.id = item.bill_unit_id
join account on account.id = item.account_id
join brand on brand.id = account.brand_id
left join bill on bill.account_id = item.account_id and bill.id = item.bill_id
join lateral (
    -- who answers for it: the bill unit itself, or the parent of its sharing group
    select
        item.account_id, coalesce(parent.account_id, item.account_id) as parent_account_id,
        coalesce(parent.bill_unit_id, item.bill_unit_id) as parent_bill_unit_id
    from (values (1)) as alone (no)
    left join sharing_member as member
        on member.account_id = item.account_id and member.bill_unit_id = item.bill_unit_id
        and member.role = 'member' and member.left_on is null
    left join sharing_member as parent
        on parent.sharing_group_id = member.sharing_group_id
        and parent.role = 'parent' and parent.left_on is null
) as debtor on debtor.account_id = item.account_id
join collection_case
    on collection_case.account_id = debtor.parent_account_id
    and collection_case.bill_unit_id = debtor.parent_bill_unit_id
    and collection_case.debt_class_id = item.debt_class_id
    and allocation.posted_on > collection_case.entered_on
    and allocation.posted_on <= coalesce(collection_case.closed_on, allocation.posted_on)
    and item.due_on < collection_case.entered_on
join scenario on scenario.id = collection_case.scenario_id
left join agent on agent.id = collection_case.agent_id
left join lateral (
    select agency.name
    from agency_referral
    join agency on agency.id = agency_referral.agency_id
    where agency_referral.account_id = collection_case.account_id
        and agency_referral.case_id = collection_case.id
        and agency_referral.made_on < allocation.posted_on
        and coalesce(agency_referral.recalled_on, allocation.posted_on) >= allocation.posted_on
        and agency_referral.status <> 'withdrawn'
    order by agency_referral.made_on desc, agency_referral.id desc
    limit 1
) as agency on true
where (allocation.account_id, allocation.id) > (:after_account::bigint, :after_id::bigint)
    and credit.kind = 'payment'
    and (:entered_since::date is null or collection_case.entered_on >= :entered_since::date)
    and (:entered_until::date is null or collection_case.entered_on <= :entered_until::date)
    and (:posted_since::date is null or allocation.posted_on >= :posted_since::date)
    and (:posted_until::date is null or allocation.posted_on <= :posted_until::date)
    and (:policy_version::int is null or collection_case.policy_version_id = :policy_version::int)
    and (:agent::text is null or agent.name = :agent::text)
    and (:agency::text is null or agency.name = :agency::text)
    and (:brand::text is null or brand.name = :brand::text)
    and (:currency::text is null or bill_unit.currency = :currency::text)
order by allocation.account_id, allocation.id
limit :limit::int

-- name: promises
with chosen as materialized (
    select listed.account_id, listed.id
    from promise as listed
    where (listed.account_id, listed.id) > (:after_account::bigint, :after_id::bigint)
        and listed.made_on between :since::date and :until::date
        and (:status::text is null or listed.status = :status::text)
        and {{of_the_asked}}
    order by listed.account_id, listed.id
    limit :limit::int
)
select
    promise.account_id, promise.id, brand.name as brand, account.account_no, account.name,
    bill_unit.bill_unit_no, promise.made_on, promise.ended_on, promise.status, promise.actor as person,
    bill_unit.currency, promise.total,
    case promise.status when 'kept' then promise.total else coalesce(paid.amount, 0) end as paid
from chosen
join promise on promise.account_id = chosen.account_id and promise.id = chosen.id
join bill_unit on bill_unit.account_id = promise.account_id and bill_unit.id = promise.bill_unit_id
join account on account.id = promise.account_id
join brand on brand.id = account.brand_id
cross join lateral (
    select sum(instalment.amount) as amount
    from action
    join instalment on instalment.account_id = action.account_id and instalment.action_id = action.id
    where action.account_id = promise.account_id and action.case_id = promise.case_id
        and action.promise_id = promise.id and action.status = 'completed'
) as paid
order by promise.account_id, promise.id

-- name: deeds
-- What people did by hand, in the order in which they did it.
select
    0::bigint as account_id, event.id, brand.name as brand, event.business_date, event.actor as person,
    event.kind, account.account_no, bill_unit.bill_unit_no
from event
join account on account.id = event.account_id
join brand on brand.id = account.brand_id
left join bill_unit
    on bill_unit.account_id = event.account_id and bill_unit.id = event.bill_unit_id
where event.id > :after_id::bigint
    and :after_account::bigint < 1
    and event.business_date between :since::date and :until::date
    and event.actor <> 'night' and event.actor not in ('settlement', 'delivery')
    and event.kind <> all (array['case_opened', 'case_closed', 'promise_kept', 'promise_broken'])
    and (:person::text is null or event.actor = :person::text)
    and case :kind::text
        when 'otherwise' then event.kind <> all (array[
            'action_completed', 'action_cancelled', 'action_rescheduled', 'action_added',
            'note_written', 'promise_made', 'case_assigned'
        ])
        else :kind::text is null or event.kind = :kind::text
    end
    and (:brand::text is null or brand.name = :brand::text)
order by event.id
limit :limit::int

-- name: referrals
with chosen as materialized (
    select agency_referral.account_id, agency_referral.id
    from agency_referral
    where (agency_referral.account_id, agency_referral.id)
            > (:after_account::bigint, :after_id::bigint)
        and agency_referral.agency_id = any (array(
            select agency.id
            from agency
            join brand on brand.id = agency.brand_id
            where (:agency::text is null or agency.name = :agency::text)
                and (:brand::text is null or brand.name = :brand::text)
        ))
        and (:made_since::date is null or agency_referral.made_on >= :made_since::date)
        and (:made_until::date is null or agency_referral.made_on <= :made_until::date)
        and (:recalled_since::date is null or (
            agency_referral.recalled_on >= :recalled_since::date
            and agency_referral.status <> 'withdrawn'
        ))
        and (:recalled_until::date is null or agency_referral.recalled_on <= :recalled_until::date)
        and (:present::text is null or agency_referral.status in ('ready', 'exported'))
        and (:currency::text is null or agency_referral.currency = :currency::text)
    order by agency_referral.account_id, agency_referral.id
    limit :limit::int
)
select
    agency_referral.account_id, agency_referral.id, brand.name as brand, agency.name as agency,
    account.account_no, bill_unit.bill_unit_no, agency_referral.made_on, agency_referral.exported_on,
    agency_referral.recalled_on, agency_referral.recall_reason, agency_referral.status,
    agency_referral.currency, agency_referral.amount
from chosen
join agency_referral on agency_referral.account_id = chosen.account_id and agency_referral.id = chosen.id
join agency on agency.id = agency_referral.agency_id
join brand on brand.id = agency.brand_id
join account on account.id = agency_referral.account_id
join bill_unit
    on bill_unit.account_id = agency_referral.account_id
    and bill_unit.id = agency_referral.bill_unit_id
order by agency_referral.account_id, agency_referral.id

-- name: letters
-- Letters, and what their bill units paid in the days after.
with chosen as materialized (
    select listed.account_id, listed.id, answer.amount
    from letter as listed
    cross join lateral (
        select sum(credit.amount) as amount
        from credit
        where credit.account_id = listed.account_id and credit.bill_unit_id = listed.bill_unit_id
            and credit.kind = 'payment'
            and credit.effective_on > listed.made_on
            and credit.effective_on <= listed.made_on + :answer_days::int
            and listed.status in ('sent', 'uncertain')
    ) as answer
    where (listed.account_id, listed.id) > (:after_account::bigint, :after_id::bigint)
        and listed.made_on between :since::date and :until::date
        and (:template::text is null or listed.template = :template::text)
        and (:channel::text is null or coalesce(listed.channel, 'none') = :channel::text)
        and case :status::text
            when 'sent' then listed.status in ('sent', 'uncertain')
            else :status::text is null or listed.status = :status::text
        end
        and (:answered::text is null or answer.amount > 0)
        and {{of_the_asked}}
    order by listed.account_id, listed.id
    limit :limit::int
)
select
    letter.account_id, letter.id, brand.name as brand, account.account_no, bill_unit.bill_unit_no,
    letter.template, letter.channel, letter.made_on, letter.status, letter.message,
    bill_unit.currency, greatest(coalesce(chosen.amount, 0), 0) as paid
from chosen
join letter on letter.account_id = chosen.account_id and letter.id = chosen.id
join bill_unit on bill_unit.account_id = letter.account_id and bill_unit.id = letter.bill_unit_id
join account on account.id = letter.account_id
join brand on brand.id = account.brand_id
order by letter.account_id, letter.id

-- name: actions
-- Actions to come.
with chosen as materialized (
    select listed.account_id, listed.case_id, listed.id
    from (
        -- in the order of the page; the rest is asked of one after the other, until it is full
        select account_id, id, case_id, bill_unit_id
        from (
            -- an index leads to these
            select account_id, id, case_id, bill_unit_id, action_definition_id, status, due_on
            from action
            where status = 'pending' and task_on is null
            union all
            -- and none to these, so they are looked for where there are any
            select account_id, id, case_id, bill_unit_id, action_definition_id, status, due_on
            from action
            where status = 'waiting'
                and exists (select from report_forecast where report_forecast.status = 'waiting')
        ) as to_come
        where (account_id, id) > (:after_account::bigint, :after_id::bigint)
            and due_on between :since::date and :until::date
            and (:status::text is null or status = :status::text)
            and (:action::text is null or action_definition_id = any (array(
                select action_definition.id from action_definition
                where action_definition.name = :action::text
            )))
        order by account_id, id
        offset 0
    ) as listed
    where (
            select collection_case.status from collection_case
            where collection_case.account_id = listed.account_id and collection_case.id = listed.case_id
        ) = 'open'
        and {{of_the_asked}}
    order by listed.account_id, listed.id
    limit :limit::int
)
select
    action.account_id, action.id, brand.name as brand, account.account_no, bill_unit.bill_unit_no,
    scenario.name as scenario, action_definition.name as action, action_definition.type,
    action.status, action.due_on, agent.name as agent, bill_unit.currency,
    collection_case.overdue_amount
from chosen
join action
    on action.account_id = chosen.account_id
    and action.case_id = chosen.case_id
    and action.id = chosen.id
join collection_case
    on collection_case.account_id = action.account_id and collection_case.id = action.case_id
join bill_unit on bill_unit.account_id = action.account_id and bill_unit.id = action.bill_unit_id
join account on account.id = action.account_id
join brand on brand.id = account.brand_id
join scenario on scenario.id = collection_case.scenario_id
join action_definition on action_definition.id = action.action_definition_id
left join agent on agent.id = collection_case.agent_id
order by action.account_id, action.id
