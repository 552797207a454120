"""Prefix codes of JPEG XL, which are Brotli's (ISO/IEC 18181-1, C.2.4; RFC 7932, 3.2 to 3.5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from imgopt.codecs.jxl.low_bits import DAMAGED, LowBitsReader
from imgopt.errors import InvalidImage

LONGEST_CODE, FULL = 15, 1 << 15
# The format allows 32,768. Numbers in headers are small, and encoders begin repetitions at 512 at most.
MOST_SYMBOLS = 1024
LENGTH_ORDER = (1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15)
# By the next four bits: the length of a length's code, and the number of bits to consume.
LENGTHS_OF_LENGTHS = (0, 4, 3, 2, 0, 4, 3, 1, 0, 4, 3, 2, 0, 4, 3, 5)
BITS_OF_LENGTHS = (2, 2, 2, 3, 2, 2, 2, 4, 2, 2, 2, 3, 2, 2, 2, 4)
LENGTH_BITS, LENGTHS_FULL, FIRST_LENGTH = 4, 32, 8
SAME, ZEROS = 16, 17
# Code lengths for two, three and four listed symbols (RFC 7932, 3.4).
LISTED_LENGTHS = {1: (0,), 2: (1, 1), 3: (1, 2, 2), 4: (2, 2, 2, 2)}
UNEVEN_LENGTHS = (1, 2, 3, 3)

Code = dict[tuple[int, int], int]


@dataclass(frozen=True)
class PrefixCodes:
    """The symbols of each cluster by code length and bits; the first bit is the highest."""

    reader: LowBitsReader
    codes: list[Code]

    def read(self, cluster: int) -> int:
        """Returns a symbol. Raises InvalidImage where no code matches."""
        return _read_symbol(self.reader, self.codes[cluster])


def read_codes(reader: LowBitsReader, count: int) -> PrefixCodes:
    sizes = [_read_size(reader) for _ in range(count)]
    return PrefixCodes(reader, [_read_code(reader, size) for size in sizes])


def _read_symbol(reader: LowBitsReader, code: Code) -> int:
    bits = 0
    for length in range(LONGEST_CODE + 1):
        found = code.get((length, bits))
        if found is not None:
            return found
        bits = bits << 1 | reader.read(1)
    raise InvalidImage(DAMAGED)


def _read_size(reader: LowBitsReader) -> int:
    """Returns the size of an alphabet."""
    if not reader.read_flag():
        return 1
    bits = reader.read(4)
    size = reader.read(bits) + (1 << bits) + 1
    if size > MOST_SYMBOLS:
        raise InvalidImage(DAMAGED)
    return size


def _read_code(reader: LowBitsReader, size: int) -> Code:
    if size == 1:
        return {(0, 0): 0}
    skipped = reader.read(2)
    if skipped == 1:
        return _read_listed(reader, size)
    return _build(enumerate(_read_lengths(reader, _read_code_of_lengths(reader, skipped), size)))


def _read_listed(reader: LowBitsReader, size: int) -> Code:
    count = reader.read(2) + 1
    symbols = [reader.read((size - 1).bit_length()) for _ in range(count)]
    if max(symbols) >= size or len({*symbols}) < count:
        raise InvalidImage(DAMAGED)
    lengths = UNEVEN_LENGTHS if count == 4 and reader.read_flag() else LISTED_LENGTHS[count]
    return _build(sorted(zip(symbols, lengths, strict=True)), may_be_empty=True)


def _read_code_of_lengths(reader: LowBitsReader, skipped: int) -> Code:
    lengths, space = [0] * len(LENGTH_ORDER), LENGTHS_FULL
    for symbol in LENGTH_ORDER[skipped:]:
        if space <= 0:
            break
        bits = reader.peek(LENGTH_BITS)
        reader.skip(BITS_OF_LENGTHS[bits])
        lengths[symbol] = LENGTHS_OF_LENGTHS[bits]
        space -= LENGTHS_FULL >> lengths[symbol] if lengths[symbol] else 0
    used = [symbol for symbol, length in enumerate(lengths) if length]
    if len(used) == 1:
        return {(0, 0): used[0]}
    if space:
        raise InvalidImage(DAMAGED)
    return _build(enumerate(lengths))


def _read_lengths(reader: LowBitsReader, code: Code, size: int) -> list[int]:
    """Returns the code length of each symbol, 0 for none."""
    lengths: list[int] = []
    space, last, repeated, number = FULL, FIRST_LENGTH, 0, 0
    while len(lengths) < size and space > 0:
        symbol = _read_symbol(reader, code)
        if symbol < SAME:
            lengths.append(symbol)
            last, number = symbol or last, 0
            space -= FULL >> symbol if symbol else 0
            continue
        length, extra = (last, 2) if symbol == SAME else (0, 3)
        before = number if length == repeated else 0
        number = (before - 2 << extra if before else 0) + reader.read(extra) + 3
        repeated, more = length, number - before
        lengths += [length] * min(more, size + 1 - len(lengths))
        space -= (FULL >> length) * more if length else 0
    if space or len(lengths) > size:
        raise InvalidImage(DAMAGED)
    return lengths


def _build(pairs: Iterable[tuple[int, int]], *, may_be_empty: bool = False) -> Code:
    """Returns canonical codes, ordered by length and symbol (RFC 7932, 3.2)."""
    ordered = sorted((length, symbol) for symbol, length in pairs if length or may_be_empty)
    code: Code = {}
    bits, before = 0, ordered[0][0]
    for length, symbol in ordered:
        bits <<= length - before
        code[length, bits] = symbol
        bits, before = bits + 1, length
    return code
