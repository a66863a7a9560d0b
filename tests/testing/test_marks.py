from pathlib import Path
from typing import Any

import pytest

from mockgw.errors import SettingsError
from mockgw.testing.marks import Marked, found, marked
from mockgw.testing.options import OF_MARK


def test_the_nearest_marker_counts_for_each_argument() -> None:
    near, far = ((), {"seed": 1}), (("a.yaml", Path("b.yaml")), {"seed": 2, "strict": True})
    assert marked([near, far]) == Marked(("a.yaml", "b.yaml"), seed=1, strict=True)
    assert marked([]) == Marked()


def test_every_argument_is_known() -> None:
    assert list(Marked.__dataclass_fields__)[1:] == list(OF_MARK)


@pytest.mark.parametrize(
    ("positional", "named", "told"),
    [
        ((1,), {}, "expected the path of a scenario, found 1"),
        ((), {"sede": 1}, "unknown argument 'sede'; did you mean 'seed'?"),
        ((), {"strict": 1}, "'strict' takes True or False, found 1"),
    ],
)
def test_wrong_arguments_are_told(positional: tuple[Any, ...], named: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        marked([(positional, named)])
    assert str(refused.value).startswith("mark mockgw: ")
    assert told in str(refused.value)


def test_a_path_is_looked_for_beside_the_test_then_above_then_among_what_ships(tmp_path: Path) -> None:
    beside, root = tmp_path / "tests", tmp_path
    beside.mkdir()
    for file in (beside / "a.yaml", root / "a.yaml", root / "b.yaml"):
        file.write_text("Hi.")
    assert found("a.yaml", [beside, root]) == beside / "a.yaml"
    assert found("b.yaml", [beside, root]) == root / "b.yaml"
    assert found("rate-limited", [beside, root]) == Path("rate-limited")
    assert found(str(root / "b.yaml"), [beside]) == root / "b.yaml"
    with pytest.raises(SettingsError, match=r"c.yaml: there is no such file in .*tests or .*; did you mean 'b.yaml'"):
        found("c.yaml", [beside, root])
