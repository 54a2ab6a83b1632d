-- Templates in force; those that come with Dunwell stand beside the code.

-- name: all
select
    brand.id as brand_id, brand.name as brand, template.kind, template.name, template.locale,
    template.engine, template.format, template.source
from template
left join brand on brand.id = template.brand_id
order by template.kind, template.name, template.locale, brand.name nulls first

-- name: find_brand
select id from brand where name = :brand::text
