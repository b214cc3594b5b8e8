"""Completion as real shells do it: bash everywhere, fish and zsh where they are installed."""

import os
import pty
import selectors
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from qa.__main__ import main
from qa.shell.complete import SHELLS, script
from qa.shell.parser import parser


def completed(*words: str) -> set[str]:
    """Return what a real bash offers after these words."""
    typed = " ".join(f'"{word}"' for word in words)
    command = (
        f"{script(parser('x'), 'bash')}\nCOMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}\n"
        "_footnote\nprintf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert not done.stderr
    return set(done.stdout.split())


def test_bash_completes_commands_options_and_choices() -> None:
    assert {"serve", "ask", "mcp", "completion", "--sources"} <= completed("python", "-m", "qa", "")
    assert completed("python3", "-m", "qa", "a") == {"ask"}
    assert completed("python", "-m", "qa", "ask", "--js") == {"--json"}
    assert completed("python", "-m", "qa", "ask", "--language", "") == {"en", "ko"}
    assert completed("python", "-m", "qa", "ask", "--color", "a") == {"auto", "always"}
    assert completed("python", "-m", "qa", "serve", "--to") == {"--token"}
    assert completed("python", "-m", "qa", "completion", "") >= set(SHELLS)
    assert "--json" not in completed("python", "-m", "qa", "serve", "--")


def test_bash_leaves_files_and_other_programs_to_themselves() -> None:
    assert completed("python", "-m", "qa", "ask", "--from", "q") == set()
    assert completed("python", "-m", "http.server", "") == set()
    assert completed("python", "") == set()


def offered_by_fish(typed: str, folder: Path) -> set[str]:
    """Return what a real fish offers for a command line."""
    told = f"{script(parser('x'), 'fish')}\ncomplete -C{shlex.quote(typed)}"
    home = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    done = subprocess.run(
        ["fish", "--no-config", "-c", told],
        capture_output=True, text=True, check=True, cwd=folder, env=home,
    )  # fmt: skip
    assert not done.stderr
    return {line.split("\t")[0] for line in done.stdout.splitlines()}


@pytest.mark.skipif(not shutil.which("fish"), reason="fish is not installed")
def test_fish_completes_commands_options_and_choices(tmp_path: Path) -> None:
    def offered(typed: str) -> set[str]:
        return offered_by_fish(typed, tmp_path)

    (tmp_path / "questions.txt").touch()
    assert offered("python -m qa ") == {
        "serve", "ask", "mcp", "verify", "completion", "privacy",
    }  # fmt: skip
    assert offered("python3 -m qa a") == {"ask"}
    assert offered("python -m qa ask --js") == {"--json"}
    assert offered("python -m qa ask --language ") == {"en", "ko"}
    assert offered("python -m qa ask --color a") == {"auto", "always"}
    assert offered("python -m qa ask --from q") == {"questions.txt"}
    assert offered("python -m qa completion ") >= set(SHELLS)
    assert "--json" not in offered("python -m qa serve --")
    assert "questions.txt" in offered("python -m http.server ")
    assert "serve" not in offered("python -m http.server ")


class Zsh:
    """A real interactive zsh at a terminal of its own, with the completion sourced."""

    def __init__(self, folder: Path) -> None:
        file = folder / "completion.zsh"
        file.write_text(script(parser("x"), "zsh"), encoding="utf-8")
        self.pid, self.terminal = pty.fork()
        if not self.pid:
            os.chdir(folder)
            quiet = {**os.environ, "TERM": "dumb", "HOME": str(folder), "ZDOTDIR": str(folder)}
            os.execvpe("zsh", ["zsh", "-f", "-i"], quiet)
        self.type(f"PS1=; source {shlex.quote(str(file))}; echo rea''dy\n")
        self.until("\nready")

    def type(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def until(self, words: str) -> str:
        """Return what is shown, as soon as it holds `words`; fail after 20 seconds without."""
        shown = ""
        while words not in shown.replace("\r", ""):
            with selectors.DefaultSelector() as ready:  # `select` takes no high descriptors
                ready.register(self.terminal, selectors.EVENT_READ)
                assert ready.select(20), (words, shown)
            shown += os.read(self.terminal, 65536).decode(errors="replace")
        return shown

    def close(self) -> None:
        os.close(self.terminal)  # it hangs up
        os.waitpid(self.pid, 0)


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
def test_zsh_completes_commands_options_and_choices(tmp_path: Path) -> None:
    zsh = Zsh(tmp_path)
    try:
        for typed, whole in {
            "python -m qa a": "ask",
            "python3 -m qa ask --js": "--json",
            "python -m qa ask --language k": "ko",
            "python -m qa serve --to": "--token",
            "python -m qa completion z": "zsh",
        }.items():
            zsh.type(f"{typed}\t")
            zsh.until(f"{typed.rpartition(' ')[0]} {whole} ")
            zsh.type("\x15")  # an empty line again
        zsh.type("python -m qa ask --color \t\t")
        assert "always  auto    never" in zsh.until("never")
    finally:
        zsh.close()


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_is_in_every_shells_script(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    told = capsys.readouterr().out
    for name in ("ask", "serve", "mcp", "completion", "from", "json", "token", "language", "color"):
        assert name in told, name
