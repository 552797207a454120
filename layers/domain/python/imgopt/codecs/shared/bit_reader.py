"""Reads numbers of a bitstream, most significant bit first."""

from imgopt.errors import InvalidImage

LONGEST_PREFIX = 32


class BitReader:
    """Raises InvalidImage where fewer bits are left than are read."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data), 8 * len(data)

    def read(self, count: int) -> int:
        if count > self._left:
            raise InvalidImage("The file is damaged.")
        self._left -= count
        return self._value >> self._left & ((1 << count) - 1)

    def read_exp_golomb(self) -> int:
        """Returns an Exp-Golomb code: as many bits as there were zeros before a one, plus an offset."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros == LONGEST_PREFIX:
                raise InvalidImage("The file is damaged.")
        return (1 << zeros) - 1 + self.read(zeros)
