"""What Hypothesis draws for more than one area: days, instants, zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tenure.base.calendar import zone_names

FIRST = datetime(1990, 1, 1, tzinfo=UTC)
CENTURY = 100 * 365 * 86_400 * 1_000_000

days = st.dates(date(1990, 1, 1), date(2089, 12, 31))
zones = st.sampled_from(sorted(zone_names())).map(ZoneInfo)
instants = st.integers(0, CENTURY).map(lambda count: FIRST + timedelta(microseconds=count))
