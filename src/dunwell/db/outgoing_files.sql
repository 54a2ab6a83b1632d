-- Files for the outside world, kept in the database until they stand in a folder.

-- name: put
insert into outgoing_file (kind, name, made_on, content, sealed, message_no)
values (
    :kind::text, :name::text, :made_on::date, :content::bytea, :sealed::boolean,
    :message_no::text
)
returning id

-- name: next_unwritten
select id, name, content, sealed
from outgoing_file
where kind = any(:kinds::text[]) and written_at is null
order by id
limit 1
for update skip locked

-- name: find
select id, name, content, sealed
from outgoing_file
where kind = any(:kinds::text[]) and name = :name::text

-- name: written
update outgoing_file set written_at = now() where id = :id::int
