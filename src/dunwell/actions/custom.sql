-- name: settle
update due_action
set outcome = :outcome::text, message = :message::text
where no = :no::int
