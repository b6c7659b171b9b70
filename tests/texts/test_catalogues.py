"""Every text is in every catalogue, with the same values, and none is there for nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import texts
from bench.errors import RequestError
from bench.texts import catalogue as fluent
from bench.texts import grouped, say, speaking
from tests.texts.catalogues import catalogue, missing, uses

ENGLISH = catalogue("en")
CATALOGUES = [catalogue(code) for code in texts.languages()]
OTHERS = [code for code in texts.languages() if code != "en"]


def declared(key: str) -> bool:
    """Whether the English of a key is in the code."""
    return any(use.declared and key.startswith(use.key) for use in uses())


def test_english_and_spanish_are_there() -> None:
    assert {"en", "es"} <= set(texts.languages())


@pytest.mark.parametrize("code", texts.languages())
def test_a_catalogue_can_be_read_whole(code: str) -> None:
    found = catalogue(code)
    assert found.junk == []
    assert found.repeated == []
    lost = [x for key in found.messages for x in found.references(key) - found.messages.keys()]
    assert lost == []


@pytest.mark.parametrize("code", texts.languages())
def test_percentages_are_written_one_way(code: str) -> None:
    """``95 %`` everywhere, as in the numbers that the code writes."""
    found = Path(texts.__file__).with_name(f"{code}.ftl").read_text(encoding="utf-8")
    assert [line for line in found.splitlines() if re.search(r"[0-9}]%", line)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_no_catalogue_lacks_a_key(code: str) -> None:
    assert missing(code) == []


@pytest.mark.parametrize("code", OTHERS)
def test_no_catalogue_has_a_key_that_english_lacks(code: str) -> None:
    more = catalogue(code).messages.keys() - ENGLISH.messages.keys()
    assert sorted(key for key in more if not declared(key)) == []


@pytest.mark.parametrize("code", OTHERS)
def test_texts_of_a_key_say_what_english_says_and_tell_the_same_kinds_apart(code: str) -> None:
    """A language may choose its words by a value that another has no need of."""
    other = catalogue(code)
    for key in ENGLISH.messages.keys() & other.messages.keys():
        assert ENGLISH.shown(key) <= other.values(key), key
        assert other.shown(key) <= ENGLISH.values(key), key
        own, kinds = other.kinds(key), ENGLISH.kinds(key)
        for name in own.keys() & kinds.keys():
            assert own[name] == kinds[name], (key, name)


def test_every_key_that_is_used_is_there_and_gets_its_values() -> None:
    for use in uses():
        if use.declared:
            continue
        if use.is_prefix:
            assert any(key.startswith(use.key) for key in ENGLISH.messages), use
            continue
        assert use.key in ENGLISH.messages, use
        if use.values is not None:
            wanted = (found.values(use.key) for found in CATALOGUES if use.key in found.messages)
            assert use.values == set[str]().union(*wanted), use


def test_every_key_that_is_there_is_used() -> None:
    found = uses()
    used = {use.key for use in found if not use.is_prefix} | {"thousands-separator"}
    used |= {"thousands-from-digits"}
    used |= {x for code in texts.languages() for x in _referred(code)}
    prefixes = tuple(use.key for use in found if use.is_prefix)
    unused = [key for key in ENGLISH.messages if key not in used and not key.startswith(prefixes)]
    assert unused == []


def _referred(code: str) -> set[str]:
    found = catalogue(code)
    return {x for key in found.messages for x in found.references(key)}


def test_counts_have_plural_forms_and_thousands_as_the_language_has_them() -> None:
    assert [say("seeds", count=n) for n in (0, 1, 2)] == ["0 seeds", "1 seed", "2 seeds"]
    assert say("seeds", count=1_234_567) == "1,234,567 seeds"
    with speaking("es"):
        assert [say("seeds", count=n) for n in (0, 1, 2)] == [
            "0 semillas",
            "1 semilla",
            "2 semillas",
        ]
        assert grouped(8000) == "8000"
        assert say("seeds", count=1_234_567) == "1\u202f234\u202f567 semillas"


def test_a_value_may_be_long_and_is_shown_as_it_is() -> None:
    most = ", ".join(f"“{{ $last }} {n}”" for n in range(500))
    assert say("listing", most=most, last="{ x }") == f"{most} and {{ x }}"


def test_a_language_holds_for_its_block_only() -> None:
    with speaking("es"):
        assert texts.language() == "es"
        with speaking("en"):
            assert say("not-finite") == "not finite"
        assert say("not-finite") == "no finito"
        with pytest.raises(ZeroDivisionError), speaking("en"):
            1 / 0  # noqa: B018
        assert texts.language() == "es"
    assert texts.language() == "en"


def test_a_language_without_a_catalogue_is_refused_by_naming_the_others() -> None:
    with pytest.raises(RequestError, match="'xx': choose en or es"), speaking("xx"):
        pass


def test_a_key_or_a_value_that_is_missing_is_a_mistake() -> None:
    for key, values in (("no-such-key", {}), ("listing", {"most": "a"})):
        with pytest.raises(LookupError, match=key):
            say(key, **values)


def test_a_third_language_is_one_more_file_and_falls_back_to_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gl.ftl").write_text(
        "seeds = { $count } { $count ->\n    [one] semente\n   *[other] sementes\n }\n"
        "range = { $from } a { $high }\n"
    )
    (tmp_path / "en.ftl").write_text((Path(texts.__file__).parent / "en.ftl").read_text())
    monkeypatch.setattr(texts, "_FOLDER", tmp_path)
    texts.languages.cache_clear()
    fluent.bundle.cache_clear()
    try:
        assert texts.languages() == ("en", "gl")
        with speaking("gl"):
            assert say("seeds", count=2) == "2 sementes"
            assert say("not-finite") == "not finite"
            assert say("range", low="1", high="2") == "1 to 2"  # rather than half a sentence
        assert "not-finite" in missing("gl", tmp_path)
        assert "seeds" not in missing("gl", tmp_path)
    finally:
        texts.languages.cache_clear()
        fluent.bundle.cache_clear()
