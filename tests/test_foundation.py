"""The empty installation, and connections to it."""

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
