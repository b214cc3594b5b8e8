"""What a walk over a folder lists, skips and refuses."""

import os
import unicodedata
from pathlib import Path

import pytest

from sources import FolderError, SourcesSettings, read, scan


def _write(folder: Path, name: str, content: str = "Words are here.") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def _paths(folder: Path) -> list[str]:
    return [file.path for file in scan(folder).files]


def _reason(folder: Path, path: str) -> str:
    return next(s.reason for s in scan(folder).skipped if s.path == path)


def test_files_of_all_levels_are_listed_sorted_with_posix_paths(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/b/c.html", "a.pdf"):
        _write(tmp_path, name)
    assert _paths(tmp_path) == ["a.pdf", "a/b/c.html", "a/z.md", "b.txt"]


def test_size_and_time_are_those_of_the_file(tmp_path: Path) -> None:
    path = _write(tmp_path, "a.txt", "four")
    (file,) = scan(tmp_path).files
    assert (file.size, file.modified_ns) == (4, path.stat().st_mtime_ns)


@pytest.mark.parametrize(
    "name", ["two words.txt", "한글 이름.txt", "line\nbreak.txt", "'\"$*?.txt"]
)
def test_an_unusual_file_name_is_listed_and_read(tmp_path: Path, name: str) -> None:
    _write(tmp_path, name, "It can be read.")
    (file,) = scan(tmp_path).files
    assert file.path == unicodedata.normalize("NFC", name)
    assert read(file).text == "It can be read."


def test_a_name_in_nfd_has_an_id_in_nfc_and_is_still_opened(tmp_path: Path) -> None:
    _write(tmp_path, unicodedata.normalize("NFD", "한글.txt"), "내용이 있다.")
    (file,) = scan(tmp_path).files
    assert file.path == "한글.txt"
    assert read(file).text == "내용이 있다."


def test_of_two_names_equal_in_nfc_one_is_skipped_with_the_reason(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        _write(tmp_path, unicodedata.normalize(form, "한글.txt"))
    if len(os.listdir(tmp_path)) < 2:
        pytest.skip("this file system holds both names as one")
    assert _paths(tmp_path) == ["한글.txt"]
    assert "rename one" in _reason(tmp_path, "한글.txt")


def test_hidden_files_hidden_folders_and_office_locks_are_left_out_silently(tmp_path: Path) -> None:
    for name in (".a.txt", ".git/b.txt", "~$c.docx", "d.txt"):
        _write(tmp_path, name)
    found = scan(tmp_path)
    assert [f.path for f in found.files] == ["d.txt"]
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("a.exe", "x", "not read"), ("noend", "x", "not read"), ("empty.txt", "", "empty")],
)
def test_a_file_that_cannot_be_used_is_skipped_with_a_reason(
    tmp_path: Path, name: str, content: str, reason: str
) -> None:
    _write(tmp_path, name, content)
    assert reason in _reason(tmp_path, name)


def test_a_file_over_the_limit_is_skipped_and_one_at_the_limit_is_not(tmp_path: Path) -> None:
    _write(tmp_path, "large.txt", "x" * 11)
    _write(tmp_path, "small.txt", "x" * 10)
    found = scan(tmp_path, SourcesSettings(max_file_bytes=10))
    assert [f.path for f in found.files] == ["small.txt"]
    assert "limit of 10" in found.skipped[0].reason


def test_a_link_out_of_the_folder_is_skipped(tmp_path: Path) -> None:
    secret = _write(tmp_path, "outside/secret.txt")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "file.txt").symlink_to(secret)
    (inside / "folder").symlink_to(secret.parent)
    found = scan(inside)
    assert found.files == ()
    assert [s.path for s in found.skipped] == ["file.txt", "folder"]
    assert all("out of the folder" in s.reason for s in found.skipped)


def test_a_link_to_a_sibling_with_the_same_beginning_is_a_link_out(tmp_path: Path) -> None:
    _write(tmp_path, "docs-private/a.txt")
    _write(tmp_path, "docs/b.txt")
    (tmp_path / "docs" / "a.txt").symlink_to(tmp_path / "docs-private" / "a.txt")
    assert _paths(tmp_path / "docs") == ["b.txt"]


def test_links_inside_the_folder_are_followed_and_never_loop(tmp_path: Path) -> None:
    _write(tmp_path, "a/one.txt")
    _write(tmp_path, ".store/two.txt")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "a")
    (tmp_path / "linked").symlink_to(tmp_path / ".store")
    (tmp_path / "same.txt").symlink_to(tmp_path / "a" / "one.txt")
    assert _paths(tmp_path) == ["a/one.txt", "linked/two.txt", "same.txt"]


def test_a_link_that_leads_nowhere_or_to_itself_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "missing.txt")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    assert [s.path for s in scan(tmp_path).skipped] == ["gone.txt", "self.txt"]


def test_a_pipe_is_skipped_without_being_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "not a regular file" in _reason(tmp_path, "pipe.txt")


def test_a_name_that_is_no_unicode_is_skipped_under_a_name_that_can_be_printed(
    tmp_path: Path,
) -> None:
    try:
        (tmp_path / os.fsdecode(b"bad\xff.txt")).write_text("x")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    (skipped,) = scan(tmp_path).skipped
    assert skipped.path == "bad\\xff.txt"
    assert "rename" in skipped.reason


@pytest.mark.parametrize("name", ["missing", "file.txt"])
def test_a_folder_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    _write(tmp_path, "file.txt")
    with pytest.raises(FolderError, match=name):
        scan(tmp_path / name)


def test_a_folder_that_may_not_be_listed_is_refused_and_one_below_it_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(tmp_path, "open/a.txt")
    _write(tmp_path, "closed/b.txt")
    listing = os.scandir

    def refuse(path: Path) -> object:  # the superuser may list everything, so it is simulated
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert _paths(tmp_path) == ["open/a.txt"]
    assert "may not be listed" in _reason(tmp_path, "closed")
    with pytest.raises(FolderError, match="may not be listed"):
        scan(tmp_path / "closed")


def test_an_empty_folder_gives_an_empty_scan(tmp_path: Path) -> None:
    assert (scan(tmp_path).files, scan(tmp_path).skipped) == ((), ())
