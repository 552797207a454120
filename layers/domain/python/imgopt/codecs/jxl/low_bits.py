"""Reads and writes numbers of a JPEG XL codestream, least significant bit first (ISO/IEC 18181-1, 4.2 and 9.2)."""

from imgopt.errors import InvalidImage

DAMAGED = "The JPEG XL file is damaged or truncated."
HALF_BITS = 16
# A number's bits, and what is added to it.
Choice = tuple[int, int]
Choices = tuple[Choice, Choice, Choice, Choice]
ENUMS: Choices = ((0, 0), (0, 1), (4, 2), (6, 18))
NAME_LENGTHS: Choices = ((0, 0), (4, 0), (5, 16), (10, 48))
U64_GROUP, U64_LAST_SHIFT = 8, 60


class LowBitsReader:
    """`position` counts bits. Raises InvalidImage where fewer bits are left than are read."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data, self.position, self._end = data, position, 8 * len(data)

    def peek(self, count: int) -> int:
        """Returns the next bits, with zeros behind the end."""
        start = self.position
        part = int.from_bytes(self.data[start >> 3 : (start + count + 7) >> 3], "little")
        return part >> (start & 7) & ((1 << count) - 1)

    def skip(self, count: int) -> None:
        self.position += count
        if self.position > self._end:
            raise InvalidImage(DAMAGED)

    def read(self, count: int) -> int:
        value = self.peek(count)
        self.skip(count)
        return value

    def read_flag(self) -> bool:
        return self.read(1) == 1

    def read_u32(self, choices: Choices) -> int:
        count, offset = choices[self.read(2)]
        return self.read(count) + offset

    def read_enum(self) -> int:
        return self.read_u32(ENUMS)

    def read_u64(self) -> int:
        selector = self.read(2)
        if selector < 3:
            return self.read((0, 4, 8)[selector]) + (0, 1, 17)[selector]
        value, shift = self.read(12), 12
        while self.read_flag():
            if shift == U64_LAST_SHIFT:
                return value | self.read(4) << shift
            value |= self.read(U64_GROUP) << shift
            shift += U64_GROUP
        return value

    def read_half(self) -> float:
        """Reads a 16-bit float. Raises InvalidImage where it is infinite or NaN."""
        bits = self.read(HALF_BITS)
        exponent, fraction = bits >> 10 & 31, bits & 1023
        if exponent == 31:
            raise InvalidImage(DAMAGED)
        value = fraction * 2.0**-24 if exponent == 0 else (1024 + fraction) * 2.0 ** (exponent - 25)
        return -value if bits >> 15 else value

    def skip_name(self) -> None:
        self.skip(8 * self.read_u32(NAME_LENGTHS))

    def skip_extensions(self) -> None:
        """Skips extensions of later versions of the format."""
        names = self.read_u64()
        self.skip(sum(self.read_u64() for _ in range(names.bit_count())))

    def align(self) -> None:
        """Skips to the next whole byte."""
        self.position += -self.position % 8


class LowBitsWriter:
    """Writes what `LowBitsReader` reads."""

    def __init__(self) -> None:
        self._value, self._count = 0, 0

    def write(self, value: int, count: int) -> None:
        self._value |= value << self._count
        self._count += count

    def copy(self, data: bytes, start: int, end: int) -> None:
        """Copies bits of other data."""
        self.write(LowBitsReader(data, start).read(end - start), end - start)

    def write_u32(self, value: int, choices: Choices) -> None:
        """Writes a number by the last choice that can hold it, which is the widest."""
        number = next(at for at in (3, 2, 1, 0) if 0 <= value - choices[at][1] < 1 << choices[at][0])
        count, offset = choices[number]
        self.write(number, 2)
        self.write(value - offset, count)

    def to_bytes(self) -> bytes:
        """Returns the bytes, padded with zero bits."""
        return self._value.to_bytes((self._count + 7) // 8, "little")
