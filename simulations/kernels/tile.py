"""Tiles of vectors that stay in registers, and the two products that matrix kernels are made of.

A tile is a tuple of rows, each a tuple of vectors; its shape is part of its type. Tuples such as ``columns`` are passed
for their length alone. `outer` adds a product of a column and a row to a tile, `inner` multiplies a tile and a row.
Indices are not checked.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from .vector import INT32, Vector, address, as_vector, element, emit, fold, instruction, shuffle


def _vectors(context: Any, builder: Any, array_type: Any, array: Any, places: Any) -> list[Any]:
    kind = ir.VectorType(element(array_type), Vector(array_type.dtype).lanes)
    found = []
    for place in places:
        found.append(builder.load(address(context, builder, array_type, array, place, kind)))
        found[-1].align = array_type.dtype.bitwidth // 8
    return found


def _after(builder: Any, start: Any, count: int) -> list[Any]:
    return [builder.add(start, ir.IntType(64)(c)) for c in range(count)]


@instruction
def neighbours(typing: Any, rows: Any, first: Any, last: Any) -> Any:
    """(first, first + 1, ...), no more than last, as many as ``rows`` is long."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        found = [builder.select(builder.icmp_signed("<", i, args[2]), i, args[2])
                 for i in _after(builder, args[1], rows.count)]
        return context.make_tuple(builder, sig.return_type, found)

    return types.UniTuple(types.int64, rows.count)(rows, types.int64, types.int64), generate


@instruction
def numbers(typing: Any, array: Any, at: Any, columns: Any) -> Any:
    """(array[at], ..., array[at + C - 1]) of an array (n,); C = len(columns)."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        start = address(context, builder, sig.args[0], args[0], args[1:2], element(array))
        return context.make_tuple(builder, sig.return_type,
                                  [builder.load(builder.gep(start, [INT32(c)])) for c in range(columns.count)])

    return types.UniTuple(array.dtype, columns.count)(array, types.int64, columns), generate


@instruction
def column(typing: Any, array: Any, groups: Any, j: Any) -> Any:
    """(array[g, j, :] for g in groups) of an array (n, d, lanes)."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = [(g, args[2]) for g in cgutils.unpack_tuple(builder, args[1])]
        return context.make_tuple(builder, sig.return_type, _vectors(context, builder, array, args[0], places))

    return types.UniTuple(Vector(array.dtype), groups.count)(array, groups, types.int64), generate


@instruction
def down(typing: Any, array: Any, i: Any, j: Any, rows: Any) -> Any:
    """(array[i, j, :], array[i + 1, j, :], ...), as many as ``rows`` is long."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = [(at, args[2]) for at in _after(builder, args[1], rows.count)]
        return context.make_tuple(builder, sig.return_type, _vectors(context, builder, array, args[0], places))

    return types.UniTuple(Vector(array.dtype), rows.count)(array, types.int64, types.int64, rows), generate


@instruction
def along(typing: Any, array: Any, i: Any, j: Any, columns: Any) -> Any:
    """(array[i, j, :], array[i, j + 1, :], ...), as many as ``columns`` is long."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        places = [(args[1], at) for at in _after(builder, args[2], columns.count)]
        return context.make_tuple(builder, sig.return_type, _vectors(context, builder, array, args[0], places))

    return types.UniTuple(Vector(array.dtype), columns.count)(array, types.int64, types.int64, columns), generate


@instruction
def zeros(typing: Any, array: Any, rows: Any, columns: Any) -> Any:
    """A tile of len(rows) x len(columns) zero vectors of the array's numbers."""
    tile = types.UniTuple(types.UniTuple(Vector(array.dtype), columns.count), rows.count)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return ir.Constant(context.get_value_type(tile), None)

    return tile(array, rows, columns), generate


@instruction
def zero(typing: Any, array: Any) -> Any:
    """The zero vector of the array's numbers."""
    wanted = Vector(array.dtype)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return ir.Constant(context.get_value_type(wanted), None)

    return wanted(array), generate


@instruction
def read(typing: Any, array: Any, groups: Any, f: Any, columns: Any) -> Any:
    """The tile t[v][c] = array[f + c, groups[v], :]."""
    tile = types.UniTuple(types.UniTuple(Vector(array.dtype), columns.count), groups.count)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        filters = _after(builder, args[2], columns.count)
        rows = [context.make_tuple(builder, tile.dtype,
                                   _vectors(context, builder, array, args[0], [(at, g) for at in filters]))
                for g in cgutils.unpack_tuple(builder, args[1])]
        return context.make_tuple(builder, tile, rows)

    return tile(array, groups, types.int64, columns), generate


@instruction
def write(typing: Any, array: Any, groups: Any, f: Any, tile: Any) -> Any:
    """array[f + c, groups[v], :] = t[v][c]."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        for g, row in zip(cgutils.unpack_tuple(builder, args[1]), cgutils.unpack_tuple(builder, args[3]), strict=True):
            vectors = cgutils.unpack_tuple(builder, row)
            for at, vector in zip(_after(builder, args[2], len(vectors)), vectors, strict=True):
                place = address(context, builder, array, args[0], (at, g), vector.type)
                builder.store(vector, place).align = array.dtype.bitwidth // 8
        return context.get_dummy_value()

    return types.void(array, groups, types.int64, tile), generate


@instruction
def put(typing: Any, array: Any, groups: Any, j: Any, vectors: Any) -> Any:
    """array[groups[v], j, :] = vectors[v]."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        for g, vector in zip(*(cgutils.unpack_tuple(builder, args[i]) for i in (1, 3)), strict=True):
            place = address(context, builder, array, args[0], (g, args[2]), vector.type)
            builder.store(vector, place).align = array.dtype.bitwidth // 8
        return context.get_dummy_value()

    return types.void(array, groups, types.int64, vectors), generate


@instruction
def outer(typing: Any, x: Any, w: Any, tile: Any) -> Any:
    """The tile t[v][c] + x[v] w[c], by fma; w vectors or numbers."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        xs, ws = (cgutils.unpack_tuple(builder, value) for value in args[:2])
        rows = [cgutils.unpack_tuple(builder, row) for row in cgutils.unpack_tuple(builder, args[2])]
        # Column by column: an entry of w is then wanted for a moment only, and the tile may fill the registers.
        for c, entry in enumerate(ws):
            spread = as_vector(context, builder, entry, w.dtype, tile.dtype.dtype)
            for v, vector in enumerate(xs):
                rows[v][c] = emit(builder, "fma", [vector, spread, rows[v][c]])
        return context.make_tuple(builder, tile, [context.make_tuple(builder, tile.dtype, row) for row in rows])

    return tile(x, w, tile), generate


@instruction
def inner(typing: Any, tile: Any, w: Any, start: Any) -> Any:
    """The column start[v] + sum_c t[v][c] w[c], a chain of fma in the order of c; w numbers."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        rows = [cgutils.unpack_tuple(builder, row) for row in cgutils.unpack_tuple(builder, args[0])]
        total = cgutils.unpack_tuple(builder, args[2])
        for c, entry in enumerate(cgutils.unpack_tuple(builder, args[1])):
            spread = as_vector(context, builder, entry, w.dtype, start.dtype)
            total = [emit(builder, "fma", [row[c], spread, old]) for row, old in zip(rows, total, strict=True)]
        return context.make_tuple(builder, start, total)

    return start(tile, w, start), generate


@instruction
def clipped(typing: Any, x: Any, shift: Any, epsilon: Any) -> Any:
    """The column x[v] + min(max(shift[v], -epsilon), epsilon); NaN stays."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bound = as_vector(context, builder, args[2], epsilon, x.dtype)
        low, made = builder.fneg(bound), []
        for old, step in zip(*(cgutils.unpack_tuple(builder, column) for column in args[:2]), strict=True):
            step = builder.select(builder.fcmp_ordered("<", step, low), low, step)
            step = builder.select(builder.fcmp_ordered(">", step, bound), bound, step)
            made.append(builder.fadd(old, step))
        return context.make_tuple(builder, x, made)

    return x(x, shift, epsilon), generate


@instruction
def minus(typing: Any, a: Any, b: Any) -> Any:
    """The column a[v] - b[v]."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pairs = zip(*(cgutils.unpack_tuple(builder, column) for column in args), strict=True)
        return context.make_tuple(builder, a, [builder.fsub(one, two) for one, two in pairs])

    return a(a, b), generate


@instruction
def accumulate(typing: Any, array: Any, f: Any, j: Any, tile: Any) -> Any:
    """array[f + v, j + c] += the sum of the lanes of t[v][c], in the order of `fold`; an array (n, d)."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        rows = cgutils.unpack_tuple(builder, args[3])
        for at, row in zip(_after(builder, args[1], len(rows)), rows, strict=True):
            sums = fold(builder, cgutils.unpack_tuple(builder, row))
            sums = shuffle(builder, sums, sums, range(tile.dtype.count))
            place = address(context, builder, array, args[0], (at, args[2]), sums.type)
            old = builder.load(place)
            old.align = array.dtype.bitwidth // 8
            builder.store(builder.fadd(old, sums), place).align = array.dtype.bitwidth // 8
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64, tile), generate
