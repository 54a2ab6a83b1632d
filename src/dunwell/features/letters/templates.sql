-- Templates that were loaded; those that come with Dunwell stand beside the code.

-- name: all
select
    template.id, brand.id as brand_id, brand.name as brand, template.kind, template.name,
    template.locale, template.engine, template.format, template.source, template.changed_by,
    template.updated_at
from template
left join brand on brand.id = template.brand_id
order by template.kind, template.name, template.locale, brand.name nulls first

-- name: find_brand
select id from brand where name = :brand::text

-- name: put
insert into template (brand_id, kind, name, locale, engine, format, source, changed_by)
values (
    :brand_id::int, :kind::text, :name::text, :locale::text, :engine::text, :format::text,
    :source::text, :actor::text
)
on conflict (brand_id, kind, name, locale) do update set
    engine = excluded.engine,
    format = excluded.format,
    source = excluded.source,
    changed_by = excluded.changed_by,
    updated_at = now()

-- name: delete
delete from template where id = :id::int

-- name: log
insert into event (business_date, kind, actor, data)
values (:business_date::date, :event::text, :actor::text, :data::jsonb)

-- name: uses
-- What names a template: actions in force or of an open case, a setting, letters still to render.
select 'the action ' || quote_literal(action_definition.name)
from action_definition
where action_definition.type = :action_type::text
    and action_definition.parameters ->> 'template' = :name::text
    and (
        :brand_id::int is null
        or coalesce(action_definition.brand_id, :brand_id::int) = :brand_id::int
    )
    and (
        action_definition.retired_version is null
        or exists (
            select from action
            where action.action_definition_id = action_definition.id
                and action.status in ('pending', 'waiting', 'error')
        )
    )
union
select 'the setting email_body'
from setting
where :kind::text = 'email_body'
    and setting.name = 'email_body'
    and setting.value #>> '{}' = :name::text
union
select 'letters that wait to be delivered'
where :kind::text = 'dunning' and exists (
    select from letter where letter.status = 'ready' and letter.template = :name::text
)
union
select 'reminders that wait to be delivered'
where :kind::text = 'invoice_reminder' and exists (
    select from reminder_message
    where reminder_message.status = 'ready' and reminder_message.template = :name::text
)
order by 1
