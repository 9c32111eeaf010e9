"""Trees of criteria of one to three levels, and marks for them."""

from hypothesis import strategies as st

from evaluations.reviews.points import Node


def _leaf() -> st.SearchStrategy[Node]:
    return st.builds(Node, st.just(""), st.integers(1, 20), st.none() | st.integers(2, 7))


def _parent(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(
        Node, st.just(""), st.integers(1, 20), st.none(), st.lists(below, min_size=1, max_size=3).map(tuple)
    )


def _named(nodes, above: str = "n") -> tuple[Node, ...]:
    return tuple(
        Node(f"{above}.{number}", node.points, node.levels, _named(node.below, f"{above}.{number}"))
        for number, node in enumerate(nodes)
    )


def trees() -> st.SearchStrategy[tuple[Node, ...]]:
    """A part's criteria, up to three levels deep, each with a name of its own."""
    second = st.one_of(_leaf(), _parent(_leaf()))
    return st.lists(st.one_of(_leaf(), _parent(second)), min_size=1, max_size=4).map(_named)


def leaves(nodes: tuple[Node, ...]) -> list[Node]:
    """The criteria that are marked."""
    return [leaf for node in nodes for leaf in (leaves(node.below) if node.below else [node])]


def marks_of(nodes: tuple[Node, ...], *, gaps: bool) -> st.SearchStrategy[dict[str, int | None]]:
    """A mark, or None, for every leaf; with `gaps` for some only."""
    each = {
        leaf.name: st.none() | st.integers(1 if leaf.levels else 0, leaf.levels or leaf.points)
        for leaf in leaves(nodes)
    }
    return st.fixed_dictionaries({}, optional=each) if gaps else st.fixed_dictionaries(each)
