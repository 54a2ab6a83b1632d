-- Rows that other systems name by their own identifiers: what has to be known before they are read.

-- name: create_outdated
-- The rows that say what is older than what is known.
create temp table outdated (line bigint, outside_id text, version text, known_version text)
on commit drop;

-- name: reject_nameless
-- An identifier means nothing without its system.
insert into reject (line, "column", value, reason)
select line, 'system', '', 'is missing; it tells whose identifier ' || named || ' is'
from (
    select line, coalesce(outside_id, account_outside_id) as named from stage where system is null
) as nameless
where named is not null;

-- name: reject_orderless
-- A version belongs to an identifier.
insert into reject (line, "column", value, reason)
select line, 'version', version, 'belongs to an outside_id, which is missing'
from stage
where version is not null and outside_id is null;

-- name: discard_rejected
delete from stage using reject where stage.line = reject.line;

-- name: outdate_within
-- Of several rows about the same thing the newest counts, and of equal ones the last.
with ranked as (
    select
        line,
        first_value(version) over newest as newest_version,
        row_number() over newest as place
    from stage
    where outside_id is not null and version_order(version) is not null
    window newest as (
        partition by system, outside_id order by version_order(version) desc, line desc
    )
), older as (
    delete from stage
    using ranked
    where ranked.line = stage.line and ranked.place > 1
    returning stage.line, stage.outside_id, stage.version, ranked.newest_version
)
insert into outdated select * from older;

-- name: outdate_known
-- What is older than what was taken before.
with older as (
    delete from stage
    using outside_identifier as known
    where known.system = stage.system
        and known.kind = :kind::text
        and known.outside_id = stage.outside_id
        and version_order(stage.version) < known.version_order
    returning stage.line, stage.outside_id, stage.version, known.version
)
insert into outdated select * from older;

-- name: resolve_account
-- Which customer a row means that calls them by the system's identifier.
update stage
set account_no = account.account_no
from outside_identifier as known
join account on account.id = known.account_id
where stage.account_no is null
    and known.system = stage.system
    and known.kind = 'accounts'
    and known.outside_id = stage.account_outside_id;

-- name: list_outdated
-- What was put aside because something newer is known.
select line, outside_id, version, known_version from outdated order by line;
