"""A SIMD vector of 64 bytes as a numba type, so that a kernel reads like its formula and stays in registers.

`Vector` holds 8 float64 or 16 float32 lanes: + - * / with vectors and numbers, comparisons that give a `Mask`, and
`fma`, `select`, `power_of_two`, `load`, `store`, `lane_sum`. All but the last three take plain numbers too, so that one
definition serves scalar and vector code. Every operation is the IEEE one, with explicit fma and no reassociation: the
bits do not depend on the instruction set that LLVM chooses for it.
"""

import operator
from collections.abc import Callable, Iterable
from typing import Any, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

Real = Any  # a number or a vector of numbers
BYTES = 64
INT32 = ir.IntType(32)


def instruction(function: Callable[..., Any]) -> Callable[..., Any]:
    """`numba.extending.intrinsic`: ``function`` gives the types and the code that stands where its name is called."""
    return cast(Callable[..., Any], intrinsic(function))


class Vector(types.Type):
    """64 bytes of float64 or float32."""

    def __init__(self, dtype: types.Float) -> None:
        self.dtype, self.lanes = dtype, BYTES * 8 // dtype.bitwidth
        super().__init__(name=f"Vector({dtype})")


class Mask(types.Type):
    """One truth value a lane."""

    def __init__(self, dtype: types.Float) -> None:
        self.dtype, self.lanes = dtype, BYTES * 8 // dtype.bitwidth
        super().__init__(name=f"Mask({dtype})")


def _register(kind: type, of: Callable[[Any], ir.Type]) -> None:
    class Model(models.PrimitiveModel):
        def __init__(self, manager: Any, fe_type: Any) -> None:
            super().__init__(manager, fe_type, ir.VectorType(of(fe_type), fe_type.lanes))  # type: ignore[no-untyped-call]

    register_model(kind)(Model)


def element(fe_type: Any) -> ir.Type:
    """The LLVM type of one number of a vector or array type."""
    return ir.DoubleType() if fe_type.dtype == types.float64 else ir.FloatType()


_register(Vector, element)
_register(Mask, lambda _: ir.IntType(1))


def as_vector(context: Any, builder: Any, value: Any, given: Any, wanted: Any) -> Any:
    """``value`` as a ``wanted``: numbers are rounded to its type and spread over all lanes."""
    if given == wanted or not isinstance(wanted, Vector):
        return context.cast(builder, value, given, wanted) if given != wanted else value
    return spread(builder, context.cast(builder, value, given, wanted.dtype), wanted.lanes)


def spread(builder: Any, value: Any, lanes: int) -> Any:
    nothing = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    return builder.shuffle_vector(builder.insert_element(nothing, value, INT32(0)), nothing,
                                  ir.Constant(ir.VectorType(INT32, lanes), [0] * lanes))


def _common(*given: Any) -> Any:
    """The vector type among the arguments, else float64 or float32 of the numbers; None if there is none."""
    for one in given:
        if isinstance(one, Vector):
            return one
    return types.float32 if all(one == types.float32 for one in given) else types.float64


def _binary(op: Any, build: Callable[[Any, Any, Any], Any], compares: bool) -> None:
    @infer_global(op)
    class Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            if len(args) != 2 or not any(isinstance(one, Vector) for one in args):
                return None
            wanted = _common(*args)
            return signature(Mask(wanted.dtype) if compares else wanted, *args)

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        wanted = _common(*sig.args)
        return build(builder, *(as_vector(context, builder, value, given, wanted)
                                for value, given in zip(args, sig.args, strict=True)))

    for pair in ((Vector, Vector), (Vector, types.Number), (types.Number, Vector)):
        lower_builtin(op, *pair)(lower)


def _arithmetic(name: str) -> Callable[[Any, Any, Any], Any]:
    return lambda builder, a, b: getattr(builder, name)(a, b)


def _comparison(sign: str) -> Callable[[Any, Any, Any], Any]:
    return lambda builder, a, b: builder.fcmp_ordered(sign, a, b)


for _op, _name in ((operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul"), (operator.truediv, "fdiv")):
    _binary(_op, _arithmetic(_name), False)
for _op, _sign in ((operator.lt, "<"), (operator.le, "<="), (operator.gt, ">"), (operator.ge, ">=")):
    _binary(_op, _comparison(_sign), True)


def emit(builder: Any, name: str, args: Any) -> Any:
    """The instruction llvm.``name`` (fma, rint) of vectors or numbers."""
    kind = args[0].type
    number = kind.element if isinstance(kind, ir.VectorType) else kind
    suffix = "f64" if isinstance(number, ir.DoubleType) else "f32"
    if number is not kind:
        suffix = f"v{kind.count}{suffix}"
    function = ir.FunctionType(kind, [kind] * len(args))
    return builder.call(cgutils.get_or_insert_function(builder.module, function, f"llvm.{name}.{suffix}"), args)


@instruction
def fma(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """a b + c, rounded once; vectors or numbers."""
    wanted = _common(a, b, c)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, "fma", [as_vector(context, builder, value, given, wanted)
                                     for value, given in zip(args, sig.args, strict=True)])

    return wanted(a, b, c), generate


@instruction
def nearest(typing: Any, x: Any) -> Any:
    """x rounded to a whole number, halves to the even one; a vector or a number."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, "rint", args)

    return x(x), generate


@instruction
def by_precision(typing: Any, x: Any, double: Any, single: Any) -> Any:
    """The number ``double`` if x consists of float64, ``single`` for float32."""
    wanted = x.dtype if isinstance(x, Vector) else x

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        chosen = 1 if wanted == types.float64 else 2
        return context.cast(builder, args[chosen], sig.args[chosen], wanted)

    return wanted(x, double, single), generate


@instruction
def select(typing: Any, where: Any, a: Any, b: Any) -> Any:
    """a where the mask or truth value holds, else b; both are evaluated."""
    wanted = Vector(where.dtype) if isinstance(where, Mask) else _common(a, b)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        one, two = (as_vector(context, builder, value, given, wanted)
                    for value, given in zip(args[1:], sig.args[1:], strict=True))
        return builder.select(args[0], one, two)

    return wanted(where, a, b), generate


def address(context: Any, builder: Any, array_type: Any, array: Any, indices: Any, kind: ir.Type) -> Any:
    """The address of array[indices, 0...], of a C-ordered array, without a look at the bounds."""
    made = context.make_array(array_type)(context, builder, array)
    strides = cgutils.unpack_tuple(builder, made.strides, array_type.ndim)
    offset = ir.IntType(64)(0)
    for index, stride in zip(indices, strides, strict=False):
        offset = builder.add(offset, builder.mul(index, stride))
    start = builder.ptrtoint(made.data, ir.IntType(64))
    return builder.inttoptr(builder.add(start, offset), kind.as_pointer())


@instruction
def load(typing: Any, array: Any, i: Any, j: Any) -> Any:
    """The vector array[i, j, :] of an array (..., lanes)."""
    wanted = Vector(array.dtype)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.VectorType(element(wanted), wanted.lanes)
        found = builder.load(address(context, builder, sig.args[0], args[0], args[1:], kind))
        found.align = wanted.dtype.bitwidth // 8
        return found

    return wanted(array, types.int64, types.int64), generate


@instruction
def store(typing: Any, array: Any, i: Any, j: Any, value: Any) -> Any:
    """array[i, j, :] = value, an array (..., lanes)."""
    wanted = Vector(array.dtype)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        vector = as_vector(context, builder, args[3], sig.args[3], wanted)
        builder.store(vector, address(context, builder, sig.args[0], args[0], args[1:3], vector.type)
                      ).align = wanted.dtype.bitwidth // 8
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64, value), generate


@instruction
def fetch(typing: Any, array: Any, i: Any, j: Any) -> Any:
    """Ask for array[i, j, :] to be brought into the second-level cache; any i and j, no value depends on it."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = address(context, builder, sig.args[0], args[0], args[1:], ir.IntType(8))
        kind = ir.FunctionType(ir.VoidType(), [place.type, *(3 * [INT32])])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0"),
                     [place, INT32(0), INT32(2), INT32(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), generate


@instruction
def power_of_two(typing: Any, n: Any) -> Any:
    """2^n for whole n within the exponents of normal numbers, by its bits; a vector or a number."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = context.get_value_type(n)
        number = kind.element if isinstance(kind, ir.VectorType) else kind
        double = isinstance(number, ir.DoubleType)
        bits, digits, bias = (64, 52, 1023) if double else (32, 23, 127)
        whole: Any = ir.IntType(bits)

        def constant(of: Any, value: Any) -> Any:
            if number is kind:
                return ir.Constant(of, value)
            return ir.Constant(ir.VectorType(of, kind.count), [value] * kind.count)

        # Adding 1.5 2^digits leaves n in the lowest bits; the shift drops all others.
        shifted = builder.fadd(args[0], constant(number, 1.5 * 2.0**digits))
        integers = whole if number is kind else ir.VectorType(whole, kind.count)
        raised = builder.shl(builder.bitcast(shifted, integers), constant(whole, digits))
        return builder.bitcast(builder.add(raised, constant(whole, bias << digits)), kind)

    return n(n), generate


def shuffle(builder: Any, a: Any, b: Any, lanes: Iterable[int]) -> Any:
    """The given lanes of a and b side by side."""
    chosen = list(lanes)
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(INT32, len(chosen)), chosen))


def fold(builder: Any, vectors: list[Any]) -> Any:
    """The lane sums of 1, 2, 4 or 8 vectors in the first lanes of one of 8, each ((0+1)+(2+3)) + ((4+5)+(6+7)).

    Of 16 lanes the upper 8 are first added to the lower.
    """
    if vectors[0].type.count == 16:
        vectors = [builder.fadd(shuffle(builder, v, v, range(8)), shuffle(builder, v, v, range(8, 16)))
                   for v in vectors]
    for bit in (1, 2, 4):
        # Lanes l and l ^ bit together, of the second vector where l has the bit; one without partner is its own.
        # What stays in its lane is blended, which is cheaper than moving it.
        pairs = zip(vectors[::2], vectors[1::2] or vectors, strict=True)
        stays = [lane + (lane & bit and 8) for lane in range(8)]
        comes = [(lane ^ bit) + (lane & bit and 8) for lane in range(8)]
        vectors = [builder.fadd(shuffle(builder, a, b, stays), shuffle(builder, a, b, comes)) for a, b in pairs]
    return vectors[0]


@instruction
def lane_sum(typing: Any, x: Any) -> Any:
    """The sum of the lanes in the order of `fold`."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.extract_element(fold(builder, [args[0]]), INT32(0))

    return x.dtype(x), generate


@instruction
def apart(typing: Any) -> Any:
    """Keep the function that calls this out of its callers: their machine code, and compile time, would multiply."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), generate
