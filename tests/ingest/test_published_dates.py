from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ingest.dates import parse_date, past

NOON = datetime(2022, 6, 17, 12, tzinfo=UTC)
MIDNIGHT = datetime(2022, 6, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2022-06-17", MIDNIGHT),
        ("20220617", MIDNIGHT),
        (20220617, MIDNIGHT),
        ("2022/06/17", MIDNIGHT),
        ("June 17, 2022", MIDNIGHT),
        ("17 June 2022", MIDNIGHT),
        ("Fri, Jun 17 2022", MIDNIGHT),
        ("17.06.2022", MIDNIGHT),
        ("07.06.2022", datetime(2022, 6, 7, tzinfo=UTC)),
        ("06/17/2022", MIDNIGHT),
        ("17/06/2022", MIDNIGHT),
        (date(2022, 6, 17), MIDNIGHT),
        (datetime(2022, 6, 17, 12), NOON),
        (datetime(2022, 6, 17, 14, tzinfo=timezone(timedelta(hours=2))), NOON),
        ("2022-06-17T12:00:00Z", NOON),
        ("2022-06-17T12:00:00", NOON),
        ("2022-06-17T08:00:00-04:00", NOON),
        ("2022-06-17 12:00:00 +0000", NOON),
        ("Fri, 17 Jun 2022 08:00:00 -0400", NOON),
        ("Fri, 17 Jun 2022 08:00:00 EDT", NOON),
        ("8:00 a.m. ET, Fri June 17, 2022", NOON),
        ("December 17, 2022 7:00 AM ET", datetime(2022, 12, 17, 12, tzinfo=UTC)),
        (1655467200, NOON),
        (1655467200000, NOON),
        ("1655467200", NOON),
        ("  June 17,\n2022 ", MIDNIGHT),
    ],
)
def test_a_stated_date_is_read_as_utc(written: object, meant: datetime) -> None:
    assert parse_date(written) == meant
    assert parse_date(written).utcoffset() == timedelta(0)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "written",
    ["", "June", "June 2022", "2022", 2022, "2022-06", "10:30", "Friday", "17", "yesterday", "2 hours ago", "soon"]
    + ["06/07/2022", "February 30, 2022", "9" * 400, "x" * 500, True, None, [], float("nan"), float("inf"), -1, 1e300]
    + ["0001-01-01T00:00:00+14:00"],
)
def test_what_states_no_whole_day_is_unknown(written: object) -> None:
    assert parse_date(written) is None


@pytest.mark.parametrize(
    ("ahead", "known"),
    [(timedelta(days=-9000), True), (timedelta(hours=24), True), (timedelta(hours=24, seconds=1), False)],
)
def test_a_time_that_has_not_come_in_any_zone_is_unknown(ahead: timedelta, known: bool) -> None:
    assert past(NOON + ahead, NOON) == (NOON + ahead if known else None)
