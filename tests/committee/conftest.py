"""The room that writes letters about the matters of these tests: there for a module that runs alone too."""

import tests.committee.letters  # noqa: F401  # registers it
