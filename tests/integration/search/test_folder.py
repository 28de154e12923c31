"""The embedded index as files: purged, damaged, outdated, read by other processes."""

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from search import EVERYTHING, IndexCorrupt, IndexMissing, IndexOutdated, WriterBusy
from search.folder import IndexFolder, check_files
from search.tantivy_backend import TantivyBackend
from tests.integration.search.samples import found, letter, put

SENTINEL = "zqxsentinelvwj"


def files_with(folder: Path, word: str) -> list[str]:
    """Names of the files below a folder that hold the word, as grep would find it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if word.encode() in path.read_bytes()]


def in_use(folder: Path) -> Path:
    return IndexFolder(folder).current()


@pytest.fixture
def backend(tmp_path: Path) -> TantivyBackend:
    return TantivyBackend(tmp_path)


def test_a_purged_word_stands_in_no_file(tmp_path: Path, backend: TantivyBackend) -> None:
    put(backend, *(letter(n) for n in range(1, 200)))
    put(backend, letter(500, f"Mật {SENTINEL}", text=SENTINEL))  # an older version with the word
    put(backend, letter(500, "Sửa lại", pages=(f"trang {SENTINEL}",)))
    put(backend, *(letter(n) for n in range(201, 300)))
    token = backend.begin_rebuild()
    backend.put_many([letter(500, SENTINEL)], rebuild=token)
    backend.commit()
    assert len({Path(name).suffix for name in files_with(tmp_path, SENTINEL)}) >= 1
    before = {path.name for path in in_use(tmp_path).iterdir()}

    backend.purge(["incoming:500"])

    assert files_with(tmp_path, SENTINEL) == []
    assert found(backend, SENTINEL) == []
    assert backend.stats().records == 298
    # segments without the record were left alone: a purge does not rewrite the whole index
    kept = before & {path.name for path in in_use(tmp_path).iterdir()}
    assert any(name.endswith(".store") for name in kept)
    check_files(in_use(tmp_path))


def test_a_purge_of_everything_leaves_an_empty_index(
    tmp_path: Path, backend: TantivyBackend
) -> None:
    put(backend, letter(1, text=SENTINEL))
    backend.purge(["incoming:1"])
    assert files_with(tmp_path, SENTINEL) == []
    assert backend.stats().records == 0
    put(backend, letter(2))
    assert found(backend, "họp") == [2]


@pytest.mark.parametrize("damage", ["cut", "flip", "remove"])
def test_a_damaged_index_is_set_aside_and_can_be_rebuilt(tmp_path: Path, damage: str) -> None:
    first = TantivyBackend(tmp_path)
    put(first, *(letter(n) for n in range(1, 50)))
    first.close()
    [store] = list(in_use(tmp_path).glob("*.store"))
    content = bytearray(store.read_bytes())
    if damage == "remove":
        store.unlink()
    else:
        content[len(content) // 3] ^= 0xFF
        store.write_bytes(content[:-20] if damage == "cut" else content)

    writer = TantivyBackend(tmp_path)
    with pytest.raises(IndexCorrupt, match="set aside"):
        writer.put_many([letter(60)])
    with pytest.raises(IndexMissing):
        writer.find("họp", acl=EVERYTHING)
    assert len(list(tmp_path.glob("broken-*"))) == 1

    token = writer.begin_rebuild()
    writer.put_many([letter(1), letter(60)], rebuild=token)
    writer.finish_rebuild(token)
    assert sorted(found(writer, "họp")) == [1, 60]


def test_an_index_of_another_schema_is_outdated_until_rebuilt(tmp_path: Path) -> None:
    old = TantivyBackend(tmp_path)
    put(old, letter(1))
    old.close()
    (in_use(tmp_path) / "schema").write_text("0.1")

    backend = TantivyBackend(tmp_path)
    with pytest.raises(IndexOutdated, match=r"0\.1"):
        backend.find("họp", acl=EVERYTHING)
    with pytest.raises(IndexOutdated):
        backend.put_many([letter(2)])
    token = backend.begin_rebuild()
    backend.put_many([letter(1)], rebuild=token)
    backend.put_many([letter(2)])  # changes go on, to the new index
    backend.finish_rebuild(token)
    assert sorted(found(backend, "họp")) == [1, 2]


def test_a_second_writer_is_refused_and_can_take_over(tmp_path: Path) -> None:
    first, second = TantivyBackend(tmp_path), TantivyBackend(tmp_path)
    put(first, letter(1))
    with pytest.raises(WriterBusy):
        second.put_many([letter(2)])
    first.close()
    put(second, letter(2))
    assert sorted(found(first, "họp")) == [1, 2]


def _write_in_another_process(path: str) -> None:
    backend = TantivyBackend(path)
    put(backend, letter(2))
    token = backend.begin_rebuild()
    backend.put_many([letter(3)], rebuild=token)
    backend.finish_rebuild(token)
    put(backend, letter(4))
    backend.close()


def test_a_reader_sees_what_another_process_wrote_and_swapped(tmp_path: Path) -> None:
    reader = TantivyBackend(tmp_path)
    put(reader, letter(1))
    reader.close()
    assert found(reader, "họp") == [1]
    process = multiprocessing.get_context("spawn").Process(
        target=_write_in_another_process, args=(str(tmp_path),)
    )
    process.start()
    process.join(60)
    assert process.exitcode == 0
    assert sorted(found(reader, "họp")) == [3, 4]


def test_a_killed_writer_loses_only_what_was_not_committed(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from search.tantivy_backend import TantivyBackend\n"
        "from tests.integration.search.samples import letter, put\n"
        "backend = TantivyBackend(sys.argv[1])\n"
        "put(backend, letter(1))\n"
        "backend.put_many([letter(2)])\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], timeout=60, check=False)
    assert done.returncode == -9
    backend = TantivyBackend(tmp_path)
    put(backend, letter(3))
    assert sorted(found(backend, "họp")) == [1, 3]


def test_the_command_line_indexes_asks_and_counts(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "title": "Đề án một", "text": "trang một\ftrang hai nói về đề án",
         "acl": ["public"], "kind": "report", "number": 12, "date": "2026-01-02"},
        {"id": "b", "title": "Bí mật", "text": "đề án", "acl": ["unit:3"]},
    ]  # fmt: skip
    records = tmp_path / "records.jsonl"
    records.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")

    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "search", *arguments, "--backend", "tantivy",
                   "--path", str(tmp_path / "index")]  # fmt: skip
        return subprocess.run(
            command, input=given, capture_output=True, text=True, timeout=60, check=False
        )

    assert run("query", given="đề án").returncode == 1  # there is no index yet
    assert run("index", str(records)).returncode == 0
    done = run("query", "--json", "--acl", "public", given="de an\n\nbí mật\n")
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["query"], first["total"], first["took_ms"] > 0) == ("de an", 1, True)
    [hit] = first["hits"]
    assert (hit["id"], hit["title"], hit["page"]) == ("a", "Đề án một", 2)
    assert "<mark>đề án</mark>" in hit["snippet"]
    assert first["facets"]["kind"] == {"report": 1}
    assert second["total"] == 0
    done = run("query", given="de an\n")
    assert json.loads(done.stdout)["total"] == 2  # whoever has the folder may read it all
    assert json.loads(run("stats").stdout)["records"] == 2

    records.write_text('{"id": "c", "title": "ba", "acl": "public"}\nkhông phải JSON\n')
    done = run("index", str(records))
    assert done.returncode == 1
    assert "records.jsonl:1" in done.stderr
