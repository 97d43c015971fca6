"""Where each node of a run's graph stands: longest path decides the column."""

from dataclasses import dataclass

from console.pictures.runs import GraphEdge, GraphNode, RunGraph

NODE_WIDTH = 120
_WIDEST = 176
_LETTER = 6  # px of one letter of the note, on average
NODE_HEIGHT = 46
GAP = 32
ROW = 58
PAD = 4


@dataclass(frozen=True, slots=True)
class Placed:
    node: GraphNode
    x: int
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class Path:
    d: str
    done: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    nodes: tuple[Placed, ...]
    paths: tuple[Path, ...]
    words: str
    node_height: int = NODE_HEIGHT


def layout(graph: RunGraph) -> Drawing:
    columns = _columns(graph)
    starts, widths = _rulers(graph, columns)
    lanes: dict[int, int] = {}
    placed: dict[str, Placed] = {}
    for node in graph.nodes:
        column = columns[node.key]
        lane = lanes.get(column, 0)
        lanes[column] = lane + 1
        placed[node.key] = Placed(node, starts[column], PAD + lane * ROW, widths[column])
    height = PAD * 2 + NODE_HEIGHT + (max(lanes.values(), default=1) - 1) * ROW
    width = max((spot.x + spot.width for spot in placed.values()), default=0) + PAD
    paths = tuple(
        _path(placed[edge.source], placed[edge.target], done=edge.done) for edge in _known(graph)
    )
    return Drawing(width, height, tuple(placed.values()), paths, graph.words)


def _rulers(graph: RunGraph, columns: dict[str, int]) -> tuple[list[int], list[int]]:
    """Where each column starts and how wide it is: as wide as its longest text needs."""
    widths = [NODE_WIDTH] * (max(columns.values(), default=0) + 1)
    for node in graph.nodes:
        longest = max(len(node.note) + 4, len(node.title) + 6)
        widths[columns[node.key]] = max(
            widths[columns[node.key]], min(_WIDEST, longest * _LETTER + PAD)
        )
    starts = [PAD]
    for width in widths[:-1]:
        starts.append(starts[-1] + width + GAP)
    return starts, widths


def _known(graph: RunGraph) -> tuple[GraphEdge, ...]:
    keys = {node.key for node in graph.nodes}
    return tuple(edge for edge in graph.edges if edge.source in keys and edge.target in keys)


def _columns(graph: RunGraph) -> dict[str, int]:
    columns = {node.key: 0 for node in graph.nodes}
    # As many rounds as nodes settle every longest path; a cycle cannot loop for ever.
    for _ in graph.nodes:
        for edge in _known(graph):
            columns[edge.target] = min(
                max(columns[edge.target], columns[edge.source] + 1), len(columns) - 1
            )
    return columns


def _path(source: Placed, target: Placed, *, done: bool) -> Path:
    x1, y1 = source.x + source.width, source.y + NODE_HEIGHT // 2
    x2, y2 = target.x, target.y + NODE_HEIGHT // 2
    bend = max(12, (x2 - x1) // 2)
    return Path(f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}", done)
