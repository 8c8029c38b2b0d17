from __future__ import annotations

from copy import deepcopy

import pytest

from tests.registry.building import Kept, build


@pytest.fixture(scope="module")
def built(kept_data: None) -> Kept:
    return build()


@pytest.fixture
def kept(built: Kept) -> Kept:
    return deepcopy(built)
