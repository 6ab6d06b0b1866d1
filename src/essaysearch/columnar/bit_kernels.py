"""Eight bytes at once, for compiled loops over integers of any number of bits (see `bits`).

Needs the extra ``fast``. Both functions look at no bounds: there must be eight bytes from ``place`` on.
"""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array


def _pointer(context: Any, builder: Any, kind: Any, data: Any, place: Any) -> Any:
    held = make_array(kind)(context, builder, data).data  # type: ignore[no-untyped-call]
    return builder.bitcast(builder.gep(held, [place]), context.get_data_type(types.int64).as_pointer())


def _load(typing: Any, data: Any, place: Any) -> Any:
    """The eight bytes of an array of bytes from ``place`` (int64) on, as an int64."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.load(_pointer(context, builder, data, *given), align=1)

    return types.int64(data, types.int64), generate


def _store(typing: Any, data: Any, place: Any, value: Any) -> Any:
    """Write an int64 as the eight bytes of an array of bytes from ``place`` (int64) on."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        builder.store(given[2], _pointer(context, builder, data, *given[:2]), align=1)
        return context.get_dummy_value()

    return types.void(data, types.int64, types.int64), generate


load: Any = intrinsic(_load)
store: Any = intrinsic(_store)
