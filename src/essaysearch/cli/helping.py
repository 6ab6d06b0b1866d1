"""`help` and `completion`: what can be typed."""

from __future__ import annotations

import click

from essaysearch.cli.app import COMMANDS, main

_TOPICS = ("query", "readers", "config")


@click.command("help")
@click.argument("topic", required=False)
@click.pass_context
def help_(ctx: click.Context, topic: str | None) -> None:
    """Explain a command, a query, the formats that can be read, or settings.

    `help query` is the query language, `help readers` what files can be, `help config` where defaults
    are set.
    """
    root = ctx.parent or ctx
    if topic is None:
        click.echo(root.get_help())
    elif topic == "query":
        from essaysearch.query.operators import OPERATORS
        from essaysearch.query.reference import plain

        click.echo(plain(OPERATORS), nl=False)
    elif topic == "readers":
        from essaysearch.readers.table import READERS

        click.echo("The format of a file is found from its content; `--as NAME` forces it.\n")
        for reader in READERS:
            click.echo(f"    {reader.name:18}{reader.label}")
    elif topic == "config":
        click.echo("\n".join(_config_lines()))
    elif topic in COMMANDS:
        command = main.get_command(root, topic)
        assert command is not None
        with click.Context(command, info_name=topic, parent=root) as inner:
            click.echo(command.get_help(inner))
    else:
        from essaysearch.nearest import nearest

        topics = [*_TOPICS, *COMMANDS]
        close = nearest(topic, topics)
        remedy = f"Did you mean `{close}`?" if close else f"There is: {', '.join(topics)}."
        raise click.UsageError(f"There is no help on `{topic}`. {remedy}")


def _config_lines() -> list[str]:
    from essaysearch import config

    path = config.config_path()
    where = "no file is read, because ESSAYSEARCH_CONFIG is empty" if path is None else str(path)
    there = "" if path is None or path.is_file() else " (there is none yet)"
    return [
        "What counts for an option, the first that is given: the flag; the environment variable",
        "ESSAYSEARCH_COMMAND_OPTION, as in ESSAYSEARCH_SEARCH_K=20 (for the index also",
        "ESSAYSEARCH_INDEX); the configuration file; the default.",
        "",
        f"The configuration file: {where}{there}",
        "ESSAYSEARCH_CONFIG names another. It is TOML. A key at its top holds for every command that has",
        "the option, a key in a command's table for that command:",
        "",
        '    index = "~/library"',
        "",
        "    [search]",
        "    k = 20",
        '    group = "document"',
    ]


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a SHELL.

    For bash: `essaysearch completion bash > ~/.local/share/bash-completion/completions/essaysearch`.
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(main, {}, "essaysearch", "_ESSAYSEARCH_COMPLETE").source())
