-- The reasons that a policy allows for a verb.

-- name: codes
-- Of the brand, and of all brands.
select distinct code
from reason_code
where category = :category::text and (brand_id is null or brand_id = :brand_id::int)
order by code
