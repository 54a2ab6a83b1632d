-- Drafts of the policy, one for each person.

-- name: find
-- The draft with the version in force.
select
    policy_draft.author, policy_draft.based_on,
    (select max(id) from policy_version) as in_force,
    policy_draft.started_at, policy_draft.changed_at, policy_draft.version, policy_draft.document
from policy_draft
where policy_draft.author = :author::text

-- name: lock
select from policy_draft where author = :author::text for update

-- name: start
insert into policy_draft (author, based_on, document)
select :author::text, max(id), :document::jsonb from policy_version
on conflict (author) do nothing

-- name: keep
update policy_draft
set document = :document::jsonb, based_on = :based_on::int, changed_at = now(),
    version = version + 1
where author = :author::text

-- name: discard
delete from policy_draft where author = :author::text
