"""Merging, comparing and refusing JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from api.json_tree import (
    MAX_DEPTH,
    JsonObject,
    difference,
    merge,
    overlay,
    require_storable,
    same_json,
)

_scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.text("abc", max_size=3)
_values: st.SearchStrategy[JsonValue] = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
_objects: st.SearchStrategy[JsonObject] = st.dictionaries(st.sampled_from("abc"), _values, max_size=3)


@given(tree=_objects)
def test_nothing_differs_from_itself(tree: JsonObject) -> None:
    assert difference(tree, tree) == {}


@given(stored=_objects, change=_objects)
def test_what_differs_is_all_that_a_merge_needs(stored: JsonObject, change: JsonObject) -> None:
    before = merge({}, stored)
    assert isinstance(before, dict)
    assert same_json(merge(before, difference(change, before)), merge(before, change))


@given(stored=_objects, change=_objects)
def test_a_merge_repeated_changes_nothing_more(stored: JsonObject, change: JsonObject) -> None:
    once = merge(stored, change)
    assert same_json(merge(once, change), once)


def test_merge_replaces_lists_and_removes_nulls() -> None:
    stored: JsonObject = {"a": {"x": 1, "y": [1, 2]}, "b": 1}
    assert merge(stored, {"a": {"y": [3], "z": {"n": None}}, "b": None}) == {"a": {"x": 1, "y": [3], "z": {}}}


def test_overlay_keeps_nulls() -> None:
    assert overlay({"a": {"x": 1}, "b": 2}, {"a": {"y": None}, "b": None}) == {"a": {"x": 1, "y": None}, "b": None}


def test_one_is_not_true() -> None:
    assert not same_json(1, True)
    assert same_json({"a": 1, "b": 2}, {"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"a": [float("nan")]}, "finite"),
        ({"a": float("inf")}, "finite"),
        ({"a": "x\x00"}, "NUL"),
        ({"a\ud800": 1}, "surrogates"),
    ],
)
def test_what_cannot_be_stored_is_refused(body: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        require_storable(body)


def test_deep_nesting_is_refused_without_recursion() -> None:
    body: object = 1
    for _ in range(100_000):
        body = [body]
    with pytest.raises(ValueError, match=f"deeper than {MAX_DEPTH}"):
        require_storable(body)
