-- The words of templates, each kept once under its hash.

-- name: in_force
-- The templates that the version in force names; none if it never named any.
select document -> 'templates' from policy_version order by id desc limit 1

-- name: keep
insert into template_text (sha256, source, kept_by)
values (:hash::text, :source::text, :actor::text)
on conflict (sha256) do nothing

-- name: sources
select sha256, source from template_text where sha256 = any(:hashes::text[])
