import asyncio
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cli.lines import read_lines


async def collect(descriptor: int) -> list[str]:
    return [line async for line in read_lines(descriptor, lambda: None)]


async def test_lines_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\r\ntwo\n\nlast \xff")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        assert await collect(descriptor) == ["one", "two", "", "last \ufffd"]
    finally:
        os.close(descriptor)


async def test_a_pipe_is_waited_for_without_blocking_the_loop() -> None:
    reading, writing = os.pipe()
    asked = 0

    def ask() -> None:
        nonlocal asked
        asked += 1

    lines = read_lines(reading, ask)
    first = asyncio.ensure_future(anext(lines))
    await asyncio.sleep(0)
    assert not first.done()
    os.write(writing, b"hel")
    os.write(writing, b"lo\nthere\n")
    assert await asyncio.wait_for(first, 5) == "hello"
    assert await anext(lines) == "there"
    os.close(writing)
    assert await anext(lines, None) is None
    assert asked == 3
    os.close(reading)


async def test_a_cancelled_wait_leaves_nothing_watched() -> None:
    reading, writing = os.pipe()
    waiting = asyncio.ensure_future(collect(reading))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert not asyncio.get_running_loop().remove_reader(reading)
    os.close(reading)
    os.close(writing)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r")), max_size=20))
def test_every_line_arrives_whatever_is_in_it(lines: list[str]) -> None:
    reading, writing = os.pipe()
    os.write(writing, "".join(f"{line}\n" for line in lines).encode())
    os.close(writing)
    try:
        assert asyncio.run(collect(reading)) == lines
    finally:
        os.close(reading)
