-- name: become_task
update due_action
set outcome = 'task'
where no between :first_no::int and :last_no::int
