"""The empty installation."""

from dunwell.db.database import Database


def test_an_empty_installation_has_a_default_brand_whose_days_are_all_worked(database: Database):
    with database.connect() as connection:
        assert connection.execute(
            "select brand.name, count(*) = max(no) from brand"
            " join working_day using (calendar_id) group by brand.name"
        ).fetchall() == [("default", True)]
