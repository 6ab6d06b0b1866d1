"""The root of the command line: which command stands in which file, and how a run ends.

A command's module is imported when the command is used, so that none pays for another. Statuses:
0 found or done, 1 nothing found, 2 it could not run. Results go to standard output and everything
else to standard error; an error is one sentence, never a traceback.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from importlib import import_module
from typing import Any, NoReturn, TypeVar

import click

from essaysearch import __version__
from essaysearch.errors import EssaysearchError

Command = TypeVar("Command", bound=Callable[..., Any])

DONE, NOTHING, FAILED, STOPPED = 0, 1, 2, 130

COMMANDS: Mapping[str, str] = {
    "index": "filling:index",
    "search": "searching:search",
    "similar": "searching:similar",
    "run": "comparing:run",
    "diff": "comparing:diff",
    "show": "looking:show",
    "thread": "looking:thread",
    "open": "looking:open_",
    "explain": "explaining:explain",
    "why-not": "explaining:why_not",
    "topic": "topics:topic",
    "quotes": "linking:quotes",
    "kwic": "studying:kwic",
    "collocates": "studying:collocates",
    "keyness": "studying:keyness",
    "years": "studying:years",
    "timeline": "studying:timeline",
    "inspect": "inspecting:inspect",
    "stats": "keeping:stats",
    "verify": "keeping:verify",
    "optimize": "keeping:optimize",
    "eval": "evaluating:evaluate",
    "help": "helping:help_",
    "completion": "helping:completion",
}
"""Every command, in the order of the help: its file in this folder and its name there."""


class Root(click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(import_module(f"essaysearch.cli.{module}"), attribute)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            name = error.option_name
            where = f"Write options behind it: `essaysearch COMMAND {name} …`."
            raise click.UsageError(f"`{name}` stands before the command. {where}", ctx) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from essaysearch.nearest import nearest

            close = nearest(args[0], COMMANDS)
            remedy = f"Did you mean `{close}`?" if close else f"The commands are: {', '.join(COMMANDS)}."
            raise click.UsageError(f"There is no command `{args[0]}`. {remedy}")
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        sys.exit(self._run(lambda: super(Root, self).main(args, prog_name, complete_var, False, **extra)))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            value = super().invoke(ctx)
            sys.stdout.flush()
            return value
        except BrokenPipeError:
            # Whoever read our output has left; nothing is to be said, at exit neither.
            _forget_output()
            raise SystemExit(DONE) from None

    def _run(self, run: Callable[[], Any]) -> int:
        _prepare_streams()
        try:
            value = run()
            return value if isinstance(value, int) else DONE
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            return FAILED
        except click.UsageError as error:
            where = f" See `{error.ctx.command_path} --help`." if error.ctx else ""
            return _say(_sentence(error.format_message()) + where)
        except click.ClickException as error:
            return _say(_sentence(error.format_message()))
        except EssaysearchError as error:
            return _say(str(error))
        except (click.Abort, KeyboardInterrupt):
            return STOPPED
        except RecursionError:
            return _say("What was asked is nested too deep. Ask for less at once.")
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            return _say(f"{place}{error.strerror or error}.")
        except MemoryError:
            return _say("There is not enough memory for this. Ask for less at once.")


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "?", "!")) else text + "."


def _say(text: str) -> int:
    click.echo(f"essaysearch: {text}", err=True)
    return FAILED


def _prepare_streams() -> None:
    """Piped output is UTF-8 everywhere; nothing that a stream cannot write stops a run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")


def _forget_output() -> None:
    try:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, sys.stdout.fileno())
    except (OSError, ValueError):
        pass


def text_argument(text: str) -> str:
    """An argument as text: bytes that are not of the locale's encoding become U+FFFD."""
    return os.fsencode(text).decode("utf-8", "replace") if not text.isascii() else text


class QueryCommand(click.Command):
    """A command that takes a query, which may begin with a hyphen: ``-has:url`` is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self._with_queries_last(args))

    def _with_queries_last(self, args: list[str]) -> list[str]:
        """The options, then ``--`` and the arguments, where one of these looks like an option."""
        known = {name: p for p in self.params if isinstance(p, click.Option) for name in p.opts}
        options: list[str] = []
        arguments: list[str] = []
        waiting = iter(args)
        for word in waiting:
            if word == "--":
                return args
            if not (
                word in ("-h", "--help")
                or word.startswith("--")
                or word in known
                or (word[:2] in known and word[2:].isdigit())
            ):
                arguments.append(word)
                continue
            options.append(word)
            option = known.get(word)
            if option is not None and not option.is_flag:
                options += [value for value in [next(waiting, None)] if value is not None]
        if not any(word.startswith("-") and word != "-" for word in arguments):
            return args
        return [*options, "--", *arguments]


def index_option(command: Command) -> Command:
    """--index, with its environment variable and default."""
    return click.option(
        "--index",
        default="index",
        envvar="ESSAYSEARCH_INDEX",
        show_default=True,
        metavar="DIR",
        help="The index; also ESSAYSEARCH_INDEX.",
    )(command)


def format_option(command: Command) -> Command:
    """--format for commands that print text or JSON."""
    choice = click.Choice(["text", "json"])
    return click.option("--format", "format_", type=choice, default="text", show_default=True)(command)


def finish(status: int) -> NoReturn:
    """End the run with a status, output written."""
    sys.stdout.flush()
    raise SystemExit(status)


def options_of(command: click.Command) -> dict[str, str]:
    """The names of a command's options (a group's: of its commands), without dashes, and their parameters."""
    if isinstance(command, click.Group):
        return {name: to for inner in command.commands.values() for name, to in options_of(inner).items()}
    return {
        name.lstrip("-"): parameter.name or ""
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in parameter.opts
    }


def _from_file(ctx: click.Context) -> MutableMapping[str, Any]:
    """The defaults that the configuration file sets, by command."""
    from essaysearch.config import config_path, defaults, load

    path = config_path()
    said = load(path)
    if not said:
        return {}
    known, groups = {}, {}
    for name in COMMANDS:
        command = main.get_command(ctx, name)
        assert command is not None
        known[name] = options_of(command)
        if isinstance(command, click.Group):
            groups[name] = command.commands
    found: dict[str, Any] = defaults(said, known, path)
    for name, commands in groups.items():
        found[name] = dict.fromkeys(commands, found[name])
    return found


@click.group(
    cls=Root,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "ESSAYSEARCH"},
)
@click.version_option(__version__, prog_name="essaysearch", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Full-text search over essays, comment threads and paper abstracts.

    Make an index of files, then search it:

    \b
        essaysearch index PATHS
        essaysearch search 'deceptive alignment'

    Any option can be set for good: by ESSAYSEARCH_COMMAND_OPTION in the environment, or in a
    configuration file (see `essaysearch help config`).
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    else:
        ctx.default_map = _from_file(ctx)
