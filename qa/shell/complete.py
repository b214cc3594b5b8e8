"""Completion for shells, written from the parser itself: commands, options and their choices after
`python -m qa`, whichever Python that is.
"""

import argparse
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

SHELLS = ("bash", "zsh", "fish")

_BASH = """# Completion for `python -m qa`: add the output of this command to your shell's start file,
# as in: source <(python -m qa completion {shell})
_footnote() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" command="" at i
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    [[ "${{COMP_WORDS[at]}}" == qa && "${{COMP_WORDS[at-1]}}" == -m ]] && break
  done
  ((at < COMP_CWORD)) || return 0
  for ((i = at + 1; i < COMP_CWORD; i++)); do
    case "${{COMP_WORDS[i]}}" in {commands}) command="${{COMP_WORDS[i]}}" ;; esac
  done
  case "$command $before" in
{values}
  esac
  case "$command" in
{words}
  esac
}}
complete -o default -o bashdefault -F _footnote python python3
"""
_ZSH = """(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }
autoload -Uz bashcompinit && bashcompinit
"""
_PYTHON = "python python3"


@dataclass(frozen=True)
class _Option:
    """An option or argument of one command ("" for none): its names and what may follow."""

    command: str
    names: tuple[str, ...]
    said: str
    takes_value: bool
    choices: tuple[str, ...]
    takes_file: bool


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """Return the script for one of `SHELLS`."""
    commands, options = _commands(parser), list(_options(parser))
    if shell == "fish":
        return _fish(commands, options)
    text = _bash(commands, options, shell)
    return _ZSH + text if shell == "zsh" else text


def _bash(commands: dict[str, str], options: list[_Option], shell: str) -> str:
    values, words = [], []
    for option in options:
        if option.takes_value and option.names:
            pattern = "|".join(shlex.quote(f"{option.command} {name}") for name in option.names)
            listed = f'COMPREPLY=($(compgen -W "{" ".join(option.choices)}" -- "$word"))'
            values.append(f"    {pattern}) {listed if option.choices else ':'}; return 0 ;;")
    for command in ("", *commands):
        own = [o for o in options if o.command == command]
        first = list(commands) if not command else []
        free = [choice for o in own if not o.names for choice in o.choices]
        said = " ".join([*first, *free, *(name for o in own for name in o.names)])
        words.append(
            f'    {shlex.quote(command)}) COMPREPLY=($(compgen -W "{said}" -- "$word")) ;;'
        )
    return _BASH.format(
        shell=shell, commands="|".join(commands), values="\n".join(values), words="\n".join(words)
    )


def _fish(commands: dict[str, str], options: list[_Option]) -> str:
    names = " ".join(commands)
    asked = "string match -qr -- '-m qa( |$)' (commandline -cp)"
    lines = ["# Completion for `python -m qa`; save it in fish's folder of completions."]
    for python in _PYTHON.split():
        begin = f"complete -c {python} -n "
        none = f"{asked}; and not __fish_seen_subcommand_from {names}"
        lines += [
            f"{begin}{shlex.quote(none)} -f -a {name} -d {shlex.quote(said)}"
            for name, said in commands.items()
        ]
        for option in options:
            seen = f"__fish_seen_subcommand_from {option.command}" if option.command else none
            lines.append(begin + shlex.quote(f"{asked}; and {seen}") + _fish_option(option))
    return "\n".join(lines) + "\n"


def _fish_option(option: _Option) -> str:
    parts = [
        f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}" for name in option.names
    ]
    follows = " -r" if option.takes_value and option.names else ""
    choices = f" -f -a {shlex.quote(' '.join(option.choices))}" if option.choices else ""
    return (
        "".join(parts)
        + follows
        + choices
        + (f" -d {shlex.quote(option.said)}" if option.said else "")
    )


def _subparsers(
    parser: argparse.ArgumentParser,
) -> "argparse._SubParsersAction[argparse.ArgumentParser] | None":
    found = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return next(found, None)


def _commands(parser: argparse.ArgumentParser) -> dict[str, str]:
    action = _subparsers(parser)
    return {str(a.dest): str(a.help or "") for a in action._choices_actions} if action else {}


def _options(parser: argparse.ArgumentParser, command: str = "") -> Iterator[_Option]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield from _options(sub, name)
            continue
        yield _Option(
            command,
            tuple(action.option_strings),
            " ".join((action.help or "").split()),
            action.nargs != 0,
            tuple(str(choice) for choice in action.choices or ()),
            action.metavar == "FILE",
        )
