"""Names of variants: found without torch, unique, with suggestions."""

from __future__ import annotations

import subprocess
import sys

import pytest

from variants import registry
from variants.recipe import Recipe


def test_listing_imports_no_torch() -> None:
    code = (
        "import sys; from variants import registry; registry.names(); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_every_variant_has_a_summary_of_one_line() -> None:
    assert {"dcgan", "dcgan-tutorial", "dcgan-lite", "dcgan-separable"} <= set(registry.names())
    for name in registry.names():
        summary = registry.get(name).summary()
        assert summary.endswith(".")
        assert len(summary) < 100


def test_every_field_is_described() -> None:
    for name in registry.names():
        for field, info in registry.get(name).model_fields.items():
            assert info.description, f"{name}.{field}"


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(registry.UnknownName, match="did you mean 'dcgan-lite'"):
        registry.get("dcgan-lit")


def test_a_name_is_registered_once() -> None:
    class Another(Recipe):
        """Another."""

    with pytest.raises(registry.DuplicateName, match="already registered"):
        registry.register("dcgan")(Another)


@pytest.mark.parametrize("name", ["../x", "a b", "Dcgan", "", "a/b", "ü"])
def test_names_are_safe_in_paths(name: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        registry.register(name)


def test_a_new_variant_is_one_decorated_class(monkeypatch: pytest.MonkeyPatch) -> None:
    from variants.zoo.dcgan import Dcgan

    registry.names()
    monkeypatch.setattr(registry.VARIANTS, "_entries", dict(registry.VARIANTS._entries))
    monkeypatch.setattr(registry.VARIANTS, "_places", dict(registry.VARIANTS._places))

    @registry.register("dcgan-narrow")
    class Narrow(Dcgan):
        """Narrow."""

        generator_width: int = 16

    assert "dcgan-narrow" in registry.names()
    assert registry.get("dcgan-narrow")().generator_width == 16
