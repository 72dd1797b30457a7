"""A SKU's stock over time, as a picture: stock and reserved units as steps, the threshold, and each record.

Colours follow the reader's light or dark scheme; what tells the lines and types apart is also said beside
them, so that no colour is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any, Final

from inventory_common.transactions import TransactionRecord, TransactionType
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
_LANES: Final = (
    (TransactionType.RESTOCK, "in"),
    (TransactionType.REFUND, "in"),
    (TransactionType.ORDER_PLACED, "hold"),
    (TransactionType.ORDER_CANCELLED, "hold"),
    (TransactionType.ORDER_CONFIRMED, "out"),
    (TransactionType.MANUAL_ADJUSTMENT, "fix"),
)
_HEIGHT: Final = _LANES_BEGIN + _LANE_HEIGHT * len(_LANES) + 22
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
    """What is drawn: records of a period in their order, and the SKU's threshold as it is now.

    `is_cut` tells that the period has more records, before the first of these.
    """

    sku: str
    reorder_threshold: int
    records: Sequence[TransactionRecord]
    end: str
    is_cut: bool = False


def draw(timeline: Timeline) -> str:
    """Return the picture as SVG."""
    import svg  # when the first picture is asked for: it takes longer to load than most requests

    scale = _Scale.of(timeline)
    return svg.SVG(
        viewBox=svg.ViewBoxSpec(0, 0, _WIDTH, _HEIGHT),
        width=_WIDTH,
        height=_HEIGHT,
        extra={"role": "img"},
        elements=[
            svg.Title(text=escape(f"Stock of {timeline.sku}")),
            svg.Desc(text=escape(_told(timeline))),
            svg.Style(text=_STYLE),
            svg.Rect(width=_WIDTH, height=_HEIGHT, class_=["paper"]),
            _text(_LEFT, 28, f"Stock of {timeline.sku}", "title"),
            _text(_LEFT, 47, _told(timeline)),
            *_grid(scale),
            *_steps(timeline, scale),
            *_labels(timeline, scale),
            *_lanes(timeline, scale),
        ],
    ).as_str()


@value
class _Scale:
    """Where moments and units are in the picture."""

    begin: datetime
    end: datetime
    units: int
    step: int

    @classmethod
    def of(cls, timeline: Timeline) -> _Scale:
        end = datetime.fromisoformat(timeline.end)
        records = timeline.records
        begin = datetime.fromisoformat(records[0].timestamp) if records else end - timedelta(days=1)
        # A little room before the first record, whose step would else be on the axis.
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
    """Return the round number at or above, of 1, 2, 5, 10, 20 …"""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= least:
                return factor * power
        power *= 10


def _told(timeline: Timeline) -> str:
    if not timeline.records:
        return "no records in this period"
    first, last = timeline.records[0], timeline.records[-1]
    count = f"{len(timeline.records):,} record{'' if len(timeline.records) == 1 else 's'}"
    return (
        f"{'the last ' if timeline.is_cut else ''}{count} (no. {first.sequence:,} to {last.sequence:,}), "
        f"{_moment(first.timestamp)} to {_moment(last.timestamp)} UTC"
    )


def _moment(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _text(x: float, y: float, text: str, *classes: str, anchor: Any = "start") -> Element:
    import svg

    return svg.Text(x=x, y=y, text=escape(text), class_=list(classes) or None, text_anchor=anchor)


def _grid(scale: _Scale) -> Iterator[Element]:
    import svg

    right = _WIDTH - _RIGHT
    bottom = _LANES_BEGIN + _LANE_HEIGHT * len(_LANES)
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
    """Yield five or so moments of the axis, and how each is written."""
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
    for kind in ("held", "stock"):
        before, after = (
            ("reserved_before", "reserved_after") if kind == "held" else ("stock_before", "stock_after")
        )
        path: list[Any] = [svg.M(_LEFT, scale.y(getattr(records[0], before)))]
        for record in records:
            path += [svg.H(scale.x(record.timestamp)), svg.V(scale.y(getattr(record, after)))]
        path.append(svg.H(end))
        if kind == "held":
            yield svg.Path(d=[*path, svg.V(scale.y(0)), svg.H(_LEFT), svg.Z()], class_=["area"])
        yield svg.Path(d=path, class_=[kind])


def _labels(timeline: Timeline, scale: _Scale) -> Iterator[Element]:
    """Write beside each line what it is, no two over each other."""
    said = [(scale.y(timeline.reorder_threshold), "line", f"threshold {timeline.reorder_threshold:,}")]
    if timeline.records:
        last = timeline.records[-1]
        said += [
            (scale.y(last.stock_after), "stock", f"stock {last.stock_after:,}"),
            (scale.y(last.reserved_after), "held", f"reserved {last.reserved_after:,}"),
        ]
    y = float(_TOP - _LABEL_DISTANCE)
    placed = []
    for wanted, kind, text in sorted(said):
        y = max(wanted, y + _LABEL_DISTANCE)
        placed.append((y, kind, text))
    beyond = max(0.0, y - (_TOP + _CHART_HEIGHT))
    for number, (at, kind, text) in enumerate(reversed(placed)):
        highest = _TOP + _CHART_HEIGHT - number * _LABEL_DISTANCE
        yield _text(_WIDTH - _RIGHT + 8, (min(at, highest) if beyond else at) + 4, text, kind)


def _lanes(timeline: Timeline, scale: _Scale) -> Iterator[Element]:
    """Mark each record in the lane of its type."""
    import svg

    for number, (kind, effect) in enumerate(_LANES):
        y = _LANES_BEGIN + number * _LANE_HEIGHT
        of_kind = [record for record in timeline.records if record.transaction_type == kind]
        middle = y + _LANE_HEIGHT / 2
        yield svg.Line(x1=_LEFT, x2=_WIDTH - _RIGHT, y1=middle, y2=middle, class_=["grid"])
        yield _text(_WIDTH - _RIGHT + 8, middle + 4, f"{len(of_kind):,} {kind.replace('_', ' ')}")
        path: list[Any] = []
        for record in of_kind:
            path += [svg.M(scale.x(record.timestamp), y + 4), svg.V(y + _LANE_HEIGHT - 4)]
        if path:
            yield svg.Path(d=path, class_=["mark", effect])
