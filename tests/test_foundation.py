"""The empty installation, and connections to it."""

from dunwell.db import planner
from dunwell.db.database import Database


def test_an_empty_installation_has_a_default_brand_whose_days_are_all_worked(database: Database):
    with database.connect() as connection:
        assert connection.execute(
            "select brand.name, count(*) = max(no) from brand"
            " join working_day using (calendar_id) group by brand.name"
        ).fetchall() == [("default", True)]


def test_no_server_compiles_the_plans_of_nights_or_requests(database: Database):
    # one that does took twenty times as long for the nights of the tutorial
    with database.connect() as connection:
        assert connection.execute("show jit").fetchone() == ("off",)
    with database.pool(1, lambda _: None) as pool, pool.connection() as connection:
        assert connection.execute("show jit").fetchone() == ("off",)


def test_advice_to_the_planner_ends_with_what_stood_before_it(database: Database):
    def stands() -> object:
        return connection.execute(
            "select current_setting('enable_nestloop'), current_setting('work_mem')"
        ).fetchone()

    with database.connect() as connection:
        # as in a night
        connection.execute("set local enable_nestloop = off; set local work_mem = '64MB'")
        with planner.without(connection, "hashjoin", "nestloop"):
            assert stands() == ("off", "4MB")
        assert stands() == ("off", "64MB")
