-- The slices of a night and the runs that they belong to.

-- name: plan
-- Each slice with accounts, how many at most, and the newest night that it completed at this width.
select
    slice.no,
    least((select max(id) from account) - slice.no * :width::bigint + 1, :width::bigint),
    last_night.business_date, last_night.totals, last_night.policy_version_id,
    last_night.engine_version
from generate_series(
    0, (select coalesce(max(id), -1) / :width::bigint from account)
) as slice (no)
left join lateral (
    select run_slice.business_date, run_slice.totals, run.policy_version_id, run.engine_version
    from run_slice
    join run on run.id = run_slice.run_id
    where run_slice.slice_no = slice.no and run.slice_width = :width::bigint
    order by run_slice.business_date desc, run_slice.run_id desc
    limit 1
) as last_night on true
where (select max(id) from account) is not null
order by slice.no

-- name: plan_groups
-- Each slice of sharing groups, and the newest night that it completed. Their numbers are negative.
select
    -1 - slice.no, :groups::int, last_night.business_date, last_night.totals, last_night.policy_version_id,
    last_night.engine_version
from generate_series(0, (select max(id) / :groups::int from sharing_group)) as slice (no)
left join lateral (
    select run_slice.business_date, run_slice.totals, run.policy_version_id, run.engine_version
    from run_slice
    join run on run.id = run_slice.run_id
    where run_slice.slice_no = -1 - slice.no and run.slice_width = :width::bigint
    order by run_slice.business_date desc, run_slice.run_id desc
    limit 1
) as last_night on true
order by slice.no

-- name: other_rules
-- The last version that differs from the one in force in more than the words of templates, which
-- decide nobody's fate; 0 if none does.
select coalesce((
    select earlier.id
    from policy_version as earlier
    where earlier.id < in_force.id and earlier.document - 'templates' <> in_force.document - 'templates'
    order by earlier.id desc
    limit 1
), 0)
from policy_version as in_force
where in_force.id = :policy_version_id::int

-- name: finished
select slice_no, counts, totals from run_slice where run_id = :run_id::int

-- name: resume
-- The run of this date that was broken off, if the same policy and engine can finish it.
select id
from run
where business_date = :business_date::date
    and status = 'running'
    and slice_width = :slice_width::bigint
    and policy_version_id = :policy_version_id::int
    and engine_version = :engine_version::text
order by id desc
limit 1

-- name: abandon
update run set status = 'abandoned', finished_at = now() where status = 'running'

-- name: start
insert into run (business_date, full_night, policy_version_id, engine_version, slice_width)
values (
    :business_date::date, :full_night::boolean, :policy_version_id::int, :engine_version::text,
    :slice_width::bigint
)
returning id

-- name: finish_slice
insert into run_slice (run_id, slice_no, business_date, counts, totals)
values (
    :run_id::int, :slice_no::int, :business_date::date, :counts::jsonb, :totals::jsonb
)

-- name: finish
update run
set status = 'completed', finished_at = now(), report = :report::jsonb
where id = :run_id::int

-- name: publish
-- The setting `publish_run_details`: the report as an event of its own.
insert into event (business_date, kind, run_id, data)
values (:business_date::date, 'run_completed', :run_id::int, :report::jsonb)

-- name: find_bill_unit
select account_id, id from bill_unit where bill_unit_no = :bill_unit_no::text
