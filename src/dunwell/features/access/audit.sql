-- The log of the doors.

-- name: write
insert into event (business_date, kind, actor, data)
values (:business_date::date, :kind::text, :actor::text, :data::jsonb)
