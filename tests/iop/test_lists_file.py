"""Lists come from files: loading twice changes nothing, and a wrong file is refused whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from iop import lists_file
from iop.models import Area, TargetGroup

pytestmark = pytest.mark.django_db


def test_the_shipped_lists_load_twice_as_well_as_once() -> None:
    lists_file.install_shipped()
    before = list(TargetGroup.objects.values())
    lists_file.install_shipped()
    assert list(TargetGroup.objects.values()) == before
    assert [area.code for area in Area.objects.all()] == [
        "kommunovergripande", "ifo", "funktionsnedsattning", "aldreomsorg"
    ]  # fmt: skip


def test_a_file_with_an_unknown_list_loads_nothing(tmp_path: Path) -> None:
    file = tmp_path / "city.json"
    file.write_text('{"areas": [{"code": "x", "name_sv": "X", "name_en": "X"}], "clouds": []}')
    with pytest.raises(lists_file.UnknownList, match="clouds"):
        lists_file.load(file)
    assert not Area.objects.exists()
