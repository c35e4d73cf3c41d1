"""The contracts on imports leave nothing out: what they do not list they would not check."""

from __future__ import annotations

from tests.structure.tree import SOURCE, areas, contract, layer_ranks


def test_every_package_has_its_layer() -> None:
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages <= set(layer_ranks())


def test_every_area_is_checked_inside() -> None:
    """An area is a package with tables or rules of its own, below the flows."""
    ranks = layer_ranks()
    with_kinds = {
        path.parent.name for kind in ("models*", "rules*") for path in SOURCE.glob(f"*/{kind}")
    }
    below_flows = {name for name in with_kinds if ranks[name] < ranks["flows"]}
    assert below_flows - {"events", "policy"} == set(areas())


def test_rules_are_free_of_django_everywhere() -> None:
    free = contract("Rules, policy, base and host are free of Django")["source_modules"]
    rules = {
        f"tenure.{path.parent.name}.{path.stem}"
        for path in SOURCE.glob("*/rules*")
        if path.exists()
    }
    assert rules | {"tenure.base", "tenure.host", "tenure.policy"} <= set(free)
