"""Defaults of one's own: the configuration file, by the platform's convention.

What counts for an option of the command line, the first that is given: the flag; the environment
variable; the file; the built-in default. The file is TOML. A key at its top holds for every command
that has the option, a key in a table named for a command for that command alone::

    index = "~/library"

    [search]
    k = 20
    group = "document"
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from essaysearch.errors import EssaysearchError

FILE_VARIABLE = "ESSAYSEARCH_CONFIG"
"""The environment variable that names another configuration file; empty: none is read."""


class ConfigError(EssaysearchError):
    """The configuration file cannot be read, or says something that no command understands."""


def config_path(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path | None:
    """Where the configuration file would be; None where the user wants none.

    >>> config_path({"XDG_CONFIG_HOME": "settings"}, "linux").as_posix()
    'settings/essaysearch/config.toml'
    """
    named = environ.get(FILE_VARIABLE)
    if named is not None:
        return Path(named).expanduser() if named else None
    if platform == "win32":
        base = environ.get("APPDATA") or "~/AppData/Roaming"
    elif platform == "darwin":
        base = "~/Library/Application Support"
    else:
        base = environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "essaysearch" / "config.toml"


def load(path: Path | None) -> dict[str, Any]:
    """What the file says, empty where there is none. Raises `ConfigError`, naming file and line."""
    if path is None:
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text. Save it as UTF-8.") from None
    except OSError as error:
        if isinstance(error, PermissionError) and not os.access(path.parent, os.X_OK):
            return {}  # another user's home: nothing in it was meant for this one
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}.") from error
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is no valid TOML: {error}.") from error


def defaults(
    said: Mapping[str, Any], commands: Mapping[str, Mapping[str, str]], path: Path | None
) -> dict[str, dict[str, Any]]:
    """For each command, what the file sets: parameter to value.

    ``commands``: for each command its options' names, as written without dashes, and their
    parameters. Raises `ConfigError` for a name that no command knows.
    """
    found: dict[str, dict[str, Any]] = {name: {} for name in commands}
    for key, value in said.items():
        if isinstance(value, Mapping):
            if key not in commands:
                raise _unknown(path, f"table [{key}]", key, commands)
            for option, inner in value.items():
                if option not in commands[key]:
                    raise _unknown(path, f"option {option} in [{key}]", option, commands[key])
                found[key][commands[key][option]] = _home(option, inner)
    for key, value in said.items():
        if not isinstance(value, Mapping):
            having = [name for name, options in commands.items() if key in options]
            if not having:
                raise _unknown(path, f"option {key}", key, {o for opts in commands.values() for o in opts})
            for name in having:
                found[name].setdefault(commands[name][key], _home(key, value))
    return found


def _home(option: str, value: Any) -> Any:
    return os.path.expanduser(value) if option == "index" and isinstance(value, str) else value


def _unknown(path: Path | None, what: str, name: str, known: Any) -> ConfigError:
    from essaysearch.nearest import nearest

    close = nearest(name, sorted(known))
    remedy = f" Did you mean `{close}`?" if close else f" There are: {', '.join(sorted(known))}."
    return ConfigError(f"{path}: there is no {what}.{remedy}")
