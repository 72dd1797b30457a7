"""A chart of a SKU's stock over time: stock and reserved units as steps, the threshold, and each record.

Colours follow the reader's light or dark scheme.  Lines and transaction types are labelled, so that the chart
can be read without colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any, Final

from inventory_common.transactions import RULES, TransactionRecord
from inventory_common.values import value

if TYPE_CHECKING:
    from svg import Element

__all__ = ["Timeline", "draw"]

_WIDTH: Final = 960
_LEFT, _RIGHT, _TOP = 76, 172, 64
_CHART_HEIGHT: Final = 260
_LANE_HEIGHT: Final = 20
_LANES_BEGIN: Final = _TOP + _CHART_HEIGHT + 36
_LABEL_DISTANCE: Final = 15
_HEIGHT: Final = _LANES_BEGIN + _LANE_HEIGHT * len(RULES) + 22
_STYLE: Final = """
svg{--paper:#fff;--ink:#1f2328;--soft:#59636e;--grid:#d8dee4;--stock:#0550ae;--held:#9a6700;--line:#bc1c2c;
--in:#116329;--hold:#9a6700;--out:#0550ae;--fix:#8250df;background:var(--paper);
font:12px system-ui,-apple-system,"Segoe UI",sans-serif}
@media (prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#e6edf3;--soft:#9198a1;--grid:#2f3742;
--stock:#6cb6ff;--held:#e3b341;--line:#ff938a;--in:#6bc46d;--hold:#e3b341;--out:#6cb6ff;--fix:#cfa7ff}}
text{fill:var(--soft)}.title{fill:var(--ink);font-size:16px;font-weight:600}
.paper{fill:var(--paper)}.grid{stroke:var(--grid);fill:none}.axis{stroke:var(--soft);fill:none}
.stock{stroke:var(--stock);stroke-width:2;fill:none}.held{stroke:var(--held);stroke-width:2;fill:none}
.area{fill:var(--held);opacity:.18}.line{stroke:var(--line);stroke-dasharray:6 4;fill:none}
text.stock{fill:var(--stock);stroke:none}text.held{fill:var(--held);stroke:none}
text.line{fill:var(--line);stroke:none}
.in{stroke:var(--in)}.hold{stroke:var(--hold)}.out{stroke:var(--out)}.fix{stroke:var(--fix)}
.mark{stroke-width:2}
"""


@value
class Timeline:
    """The content of a chart: the records of a period, oldest first, and the SKU's current threshold.

    `is_truncated` says that the period has older records, which are not drawn.
    """

    sku: str
    reorder_threshold: int
    records: Sequence[TransactionRecord]
    end: str
    is_truncated: bool = False


def draw(timeline: Timeline) -> str:
    """Return the chart as SVG."""
    import svg  # imported with the first chart: the import takes longer than most requests

    scale = _Scale.of(timeline)
    return svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, _WIDTH, _HEIGHT),
        width=_WIDTH,
        height=_HEIGHT,
        extra={"role": "img"},
        elements=[
            svg.Title(text=escape(f"Stock of {timeline.sku}")),
            svg.Desc(text=escape(_summary(timeline))),
            svg.Style(text=_STYLE),
            svg.Rect(width=_WIDTH, height=_HEIGHT, class_=["paper"]),
            _text(_LEFT, 28, f"Stock of {timeline.sku}", "title"),
            _text(_LEFT, 47, _summary(timeline)),
            *_grid(scale),
            *_steps(timeline, scale),
            *_labels(timeline, scale),
            *_lanes(timeline, scale),
        ],
    ).as_str()


@value
class _Scale:
    """Maps times and units to coordinates of the chart."""

    begin: datetime
    end: datetime
    units: int
    step: int

    @classmethod
    def of(cls, timeline: Timeline) -> _Scale:
        end = datetime.fromisoformat(timeline.end)
        records = timeline.records
        begin = datetime.fromisoformat(records[0].timestamp) if records else end - timedelta(days=1)
        # Some room before the first record, whose step would otherwise be on the axis.
        begin -= max((end - begin) / 40, timedelta(seconds=1))
        figures = [figure for record in records for figure in (record.stock_before, record.stock_after)]
        most = max([*figures, timeline.reorder_threshold, 1])
        step = _step_of(most / 5)
        return cls(begin, max(end, begin + timedelta(seconds=1)), -(-most // step) * step, step)

    def x(self, moment: str) -> float:
        passed = datetime.fromisoformat(moment) - self.begin
        width = _WIDTH - _LEFT - _RIGHT
        return round(_LEFT + width * min(1.0, max(0.0, passed / (self.end - self.begin))), 2)

    def y(self, units: int) -> float:
        return round(_TOP + _CHART_HEIGHT * (1 - units / self.units), 2)


def _step_of(least: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20 … that is not below `least`."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= least:
                return factor * power
        power *= 10


def _summary(timeline: Timeline) -> str:
    if not timeline.records:
        return "no records in this period"
    first, last = timeline.records[0], timeline.records[-1]
    count = f"{len(timeline.records):,} record{'' if len(timeline.records) == 1 else 's'}"
    newest = "the last " if timeline.is_truncated else ""
    return (
        f"{newest}{count} (no. {first.sequence:,} to {last.sequence:,}), "
        f"{_date_and_time(first.timestamp)} to {_date_and_time(last.timestamp)} UTC"
    )


def _date_and_time(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _text(x: float, y: float, text: str, *classes: str, anchor: Any = "start") -> Element:
    import svg

    return svg.Text(x=x, y=y, text=escape(text), class_=list(classes) or None, text_anchor=anchor)


def _grid(scale: _Scale) -> Iterator[Element]:
    import svg

    right = _WIDTH - _RIGHT
    bottom = _LANES_BEGIN + _LANE_HEIGHT * len(RULES)
    for units in range(0, scale.units + 1, scale.step):
        y = scale.y(units)
        yield svg.Line(x1=_LEFT, x2=right, y1=y, y2=y, class_=["grid" if units else "axis"])
        yield _text(_LEFT - 8, y + 4, f"{units:,}", anchor="end")
    yield _text(_LEFT - 8, _TOP - 12, "units", anchor="end")
    for tick, label in _ticks(scale):
        x = scale.x(tick.astimezone(UTC).isoformat())
        yield svg.Line(x1=x, x2=x, y1=_TOP, y2=bottom, class_=["grid"])
        yield _text(x, _TOP + _CHART_HEIGHT + 18, label, anchor="middle")


def _ticks(scale: _Scale) -> Iterator[tuple[datetime, str]]:
    """Yield times on the axis, each with its label."""
    span = scale.end - scale.begin
    for number in range(1, 6):
        moment = scale.begin + span * number / 6
        if span < timedelta(minutes=10):
            yield moment, f"{moment:%H:%M:%S}"
        elif span < timedelta(days=2):
            yield moment, f"{moment:%m-%d %H:%M}"
        else:
            yield moment, f"{moment:%Y-%m-%d}"


def _steps(timeline: Timeline, scale: _Scale) -> Iterator[Element]:
    import svg

    end = scale.x(timeline.end)
    y = scale.y(timeline.reorder_threshold)
    yield svg.Line(x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_=["line"])
    records = timeline.records
    if not records:
        return
    for line in ("held", "stock"):
        before, after = (
            ("reserved_before", "reserved_after") if line == "held" else ("stock_before", "stock_after")
        )
        path: list[Any] = [svg.M(_LEFT, scale.y(getattr(records[0], before)))]
        for record in records:
            path += [svg.H(scale.x(record.timestamp)), svg.V(scale.y(getattr(record, after)))]
        path.append(svg.H(end))
        if line == "held":
            yield svg.Path(d=[*path, svg.V(scale.y(0)), svg.H(_LEFT), svg.Z()], class_=["area"])
        yield svg.Path(d=path, class_=[line])


def _labels(timeline: Timeline, scale: _Scale) -> Iterator[Element]:
    """Label each line at its right end; labels do not overlap."""
    labels = [(scale.y(timeline.reorder_threshold), "line", f"threshold {timeline.reorder_threshold:,}")]
    if timeline.records:
        last = timeline.records[-1]
        labels += [
            (scale.y(last.stock_after), "stock", f"stock {last.stock_after:,}"),
            (scale.y(last.reserved_after), "held", f"reserved {last.reserved_after:,}"),
        ]
    y = float(_TOP - _LABEL_DISTANCE)
    placed = []
    for height, line, text in sorted(labels):
        y = max(height, y + _LABEL_DISTANCE)
        placed.append((y, line, text))
    exceeds_chart = y > _TOP + _CHART_HEIGHT
    for number, (at, line, text) in enumerate(reversed(placed)):
        lowest = _TOP + _CHART_HEIGHT - number * _LABEL_DISTANCE
        yield _text(_WIDTH - _RIGHT + 8, (min(at, lowest) if exceeds_chart else at) + 4, text, line)


def _lanes(timeline: Timeline, scale: _Scale) -> Iterator[Element]:
    """Mark each record in the lane of its transaction type."""
    import svg

    for number, (transaction_type, rules) in enumerate(RULES.items()):
        y = _LANES_BEGIN + number * _LANE_HEIGHT
        records = [record for record in timeline.records if record.transaction_type == transaction_type]
        middle = y + _LANE_HEIGHT / 2
        yield svg.Line(x1=_LEFT, x2=_WIDTH - _RIGHT, y1=middle, y2=middle, class_=["grid"])
        label = f"{len(records):,} {transaction_type.replace('_', ' ')}"
        yield _text(_WIDTH - _RIGHT + 8, middle + 4, label)
        path: list[Any] = []
        for record in records:
            path += [svg.M(scale.x(record.timestamp), y + 4), svg.V(y + _LANE_HEIGHT - 4)]
        if path:
            yield svg.Path(d=path, class_=["mark", rules.lane])
