"""The documentation is true: its commands run, its names exist, nothing is left out."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest

from documents import ROOT, blocks, run, steady
from essaysearch.cli import main
from essaysearch.cli.app import COMMANDS
from essaysearch.formats.table import FORMATS
from essaysearch.query.operators import OPERATORS
from essaysearch.query.reference import markdown

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def command(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def options(found: click.Command) -> set[str]:
    return {option for parameter in found.params for option in parameter.opts if option.startswith("-")}


def commands() -> list[tuple[str, click.Command]]:
    """Every command by what is typed for it, those of a group too."""
    rows = [(name, command(name)) for name in COMMANDS]
    return rows + [
        (f"{name} {inner}", held)
        for name, group in rows
        if isinstance(group, click.Group)
        for inner, held in group.commands.items()
    ]


def test_the_readme_prints_what_its_commands_print(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    shown = [block for _, block in blocks(README)]
    assert len(shown) == 2
    assert [steady(block) for block in run(README, tmp_path)] == [steady(block) for block in shown]


def test_the_page_on_topics_prints_what_its_commands_print(tmp_path: Path) -> None:
    pytest.importorskip("ir_measures")
    page = (ROOT / "docs" / "topics.md").read_text(encoding="utf-8")
    shown = [block for _, block in blocks(page)]
    assert len(shown) > 4
    assert [steady(block) for block in run(page, tmp_path)] == [steady(block) for block in shown]


def test_the_readme_has_one_command_to_try_it_and_one_to_test_it() -> None:
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert len(lines) == 2
    assert "essaysearch search" in lines[0]
    assert lines[1].endswith(".venv/bin/pytest")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_command_in_the_documentation_exists_with_its_options(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for line in re.findall(r"(?:^\$ |`|&& (?:\.venv/bin/)?)(essaysearch [a-z][^`\n]*)", text, re.MULTILINE):
        _, name, *rest = shlex.split(re.split(r" && | > | \| ", line)[0])
        assert name in COMMANDS, (page.name, line)
        found = command(name)
        if isinstance(found, click.Group) and rest:
            assert rest[0] in found.commands, (page.name, line)
            found = found.commands[rest[0]]
        for word in rest:
            if word.startswith("-") and len(word) > 1:
                assert word in options(found), (page.name, line)


def test_every_command_is_in_the_readme() -> None:
    for name in COMMANDS:
        assert f"`{name}`" in README, f"README.md does not name the command `{name}`"


@pytest.mark.parametrize(("name", "found"), commands(), ids=[name for name, _ in commands()])
def test_every_command_and_option_explains_itself(name: str, found: click.Command) -> None:
    assert found.help
    assert found.get_short_help_str(200).endswith(".")
    for parameter in found.params:
        if isinstance(parameter, click.Option) and "--format" not in parameter.opts:
            assert parameter.help, (name, parameter.opts)


def test_the_help_names_every_output_format() -> None:
    shown = command("search").get_help(click.Context(command("search")))
    for row in FORMATS:
        assert row.name in shown


def test_the_reference_of_the_query_language_is_written_from_the_table() -> None:
    assert (ROOT / "docs" / "query.md").read_text(encoding="utf-8") == markdown(OPERATORS)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), (page.name, target)


def test_every_path_named_in_the_architecture_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:src|tests|docs|corpus|bench|evals|examples|\.ci)/[\w./-]*)`", text))
    assert len(named) > 5
    for path in sorted(named):
        assert (ROOT / path).exists(), path


def test_ci_runs_the_commands_of_the_readme_and_the_checks() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for needed in ("README.md", "ruff format --check", "ruff check", "mypy"):
        assert needed in script
    assert subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=False).returncode == 0


def test_the_project_names_no_machine_and_no_place_outside_it() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("needs the project's git checkout to know which files are its own")
    for name in tracked.stdout.splitlines():
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".yml") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not re.search(r"/(?:home|Users|root)/[a-z]+/", text), name
