-- Reading ratings.

-- name: rating
select account.account_no, {{credit_rating}}, {{cash_only_score}}
from account
where account.id = :account_id::bigint

-- name: demerits
select
    demerit.id, bill_unit.bill_unit_no, demerit.kind, demerit.points, demerit.effective_from,
    demerit.effective_until,
    demerit.effective_from <= :business_date::date
        and (demerit.effective_until is null or demerit.effective_until >= :business_date::date)
        as in_effect,
    case
        when demerit.action_id is not null then 'action'
        when demerit.pay_plan_id is not null then 'pay_plan'
        when demerit.case_id is not null then 'severance'
        else 'person'
    end as source,
    demerit.reason, demerit.actor
from demerit
left join bill_unit
    on bill_unit.account_id = demerit.account_id and bill_unit.id = demerit.bill_unit_id
where demerit.account_id = :account_id::bigint
    and (:id::bigint is null or demerit.id = :id::bigint)
order by demerit.effective_from desc, demerit.id desc
