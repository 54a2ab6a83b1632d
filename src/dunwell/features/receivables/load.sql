-- What loading is for every kind of file: its working tables, its rejects, what it touched.

-- name: one_loader
-- One loader at a time: two would look numbers up before either has written them.
select pg_advisory_xact_lock(68003);

-- name: settings
-- Room for sorting and hashing half a million rows.
select set_config('work_mem', '64MB', true);

-- name: create_reject
-- All that is wrong, by line.
create temp table reject (
    line bigint, "column" text, value text, reason text, no bigint generated always as identity
) on commit drop;

-- name: create_change
-- The existing rows that this file changed; `line` is null when a row of another file followed.
create temp table change (line bigint, account_id bigint, bill_unit_id bigint) on commit drop;

-- name: lock_by_account_no
-- The night and the loader take turns, slice by slice.
select pg_advisory_xact_lock_shared(68002, slice_no::integer)
from (
    select distinct account.id / :slice_width::bigint as slice_no
    from stage
    join account on account.account_no = stage.account_no
    order by slice_no
) as slice;

-- name: lock_by_bill_unit_no
-- The same for rows that name a bill unit.
select pg_advisory_xact_lock_shared(68002, slice_no::integer)
from (
    select distinct bill_unit.account_id / :slice_width::bigint as slice_no
    from stage
    join bill_unit on bill_unit.bill_unit_no = stage.bill_unit_no
    order by slice_no
) as slice;

-- name: reject_misfits
-- Rows with too many or too few cells.
insert into reject (line, "column", value, reason)
select line, '', '', 'has ' || misfit from stage where misfit is not null;

-- name: check_twice
-- What the key names stands once in a file; the first row counts.
update draft
set problems = concat_ws(
    '|', draft.problems, :key_column::text || ': stands already in line ' || twin.line
)
from (
    select {{key}}, min(line) as line from draft group by {{key}} having count(*) > 1
) as twin
where {{same_key}} and draft.line > twin.line;

-- name: reject_bad
-- Take down what is wrong with the bad rows, with the value as it was written.
insert into reject (line, "column", value, reason)
select
    draft.line,
    split_part(problem, ': ', 1),
    coalesce(to_jsonb(stage) ->> split_part(problem, ': ', 1), ''),
    substr(problem, strpos(problem, ': ') + 2)
from draft
join stage on stage.line = draft.line
cross join string_to_table(draft.problems, '|') as problem
where draft.problems <> '' and problem <> '';

-- name: discard_bad
-- Bad rows go; the rest may be merged.
delete from draft where problems <> '';

-- name: list_rejects
-- What was rejected, line by line.
select line, "column", value, reason from reject order by line, no limit :limit::bigint;

-- name: count_rejected
-- A row can be rejected for several reasons.
select count(distinct line) from reject;

-- name: count_created
-- Rows whose number is new.
select count(*) from draft where not existing and line is not null;

-- name: count_changed
-- Rows whose number was known and that say something else now.
select count(distinct line) from change;

-- name: touch
-- The night examines each bill unit that has something new or changed.
insert into touched (account_id, bill_unit_id)
select account_id, bill_unit_id from draft where not existing
union
select account_id, bill_unit_id from change
order by account_id, bill_unit_id;
