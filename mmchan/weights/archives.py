"""The archives that torch.save writes: every byte of them is known or has a checksum, and is looked at.

torch reads its archives without checking anything. What it writes leaves no choice: entries are stored one
after the other, a list of them at the end repeats their headers, fields that a zip file may fill are zero,
and all else follows from names, sizes and checksums. So the frame of an archive is written anew here and
compared. Archives of other programs are held to what the format promises: checksums, and headers that agree
with the list.

Source: PyTorchStreamWriter (caffe2/serialize/inline_container.cc) with miniz 2.0.8 to 3.0.2, which is torch
1.6 and later.
"""

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import BinaryIO

from mmchan.files import CHUNK

# what zipfile raises for what is no archive, or a damaged one
_UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError)

_LOCAL = struct.Struct('<4s5H3L2H')
_CENTRAL = struct.Struct('<4s6H3L5H2L')
_END64 = struct.Struct('<4sQ2H2L4Q')
_LOCATOR = struct.Struct('<4sLQL')
_END = struct.Struct('<4s4H2LH')
_DESCRIPTOR, _LOCATOR_MARK, _PADDING = b'PK\x07\x08', b'PK\x06\x07', b'FB'
_DESCRIBED, _UTF8 = 0x8, 0x800  # flags: checksum and sizes stand behind the content; coding of the name
_MOST_16, _MOST_32, _MOST_64 = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
_UNDATED = (1980, 0, 0, 0, 0, 0)
_STORAGE = re.compile(r'/data/(\d+)$')
_ID = '/.data/serialization_id'
_ID_DIGITS = 40  # the first half tells the names, hashed as the compiler likes, the other half the checksums
_OLDEST, _DEFLATED = 10, 20  # versions of the format: what others need at least, what compression needs


class DamagedError(Exception):
    """What is wrong with a file, and where. Who catches it names the file."""


def check_archive(file: BinaryIO) -> bool:
    """Compare an archive with its checksums and with what its writer can have written.

    Args:
        file: Open for reading.

    Returns:
        Whether it has checksums: torch can be told to write none.

    Raises:
        DamagedError: At the first difference.
    """
    try:
        archive = zipfile.ZipFile(file)
    except _UNREADABLE as error:
        raise DamagedError('the list of entries at its end is missing or damaged') from error
    entries = archive.infolist()
    summed = any(entry.CRC for entry in entries)
    padded = any(_is_padded(file, entry) for entry in entries)
    if padded and not _ends_shortly(file, archive.comment):
        _check_torchs(file, entries, summed)
    else:
        _check_others(archive, file, padded=padded, summed=summed)
    return summed


def _is_padded(file: BinaryIO, entry: zipfile.ZipInfo) -> bool:
    """Whether an entry was aligned by torch, as all of its own are."""
    file.seek(max(0, entry.header_offset))
    header = file.read(_LOCAL.size + len(_name(entry)) + len(_PADDING))
    return header.endswith(_PADDING) and any(header[_LOCAL.size - 2 : _LOCAL.size])


def _ends_shortly(file: BinaryIO, comment: bytes) -> bool:
    """Whether an archive ends as other programs end it, without the records for large ones.

    They do so with what torch has written when they add a file, remove one or leave a comment.
    """
    place = file.seek(-_END.size - len(comment), os.SEEK_END)
    size, start = _END.unpack(file.read(_END.size))[5:7]
    file.seek(max(0, place - _LOCATOR.size))
    return start + size == place and not file.read(_LOCATOR.size).startswith(_LOCATOR_MARK)


class _Reader:
    """Goes through a file once, and knows where it is."""

    def __init__(self, file: BinaryIO, start: int = 0) -> None:
        self.file = file
        self.position = file.seek(start)

    def take(self, size: int, what: str) -> bytes:
        """The next bytes, all of them."""
        content = self.file.read(size)
        self.position += len(content)
        if len(content) < size:
            raise DamagedError(f'it ends at byte {self.position:,}, within {what}')
        return content

    def expect(self, wanted: bytes, what: str) -> None:
        """Compare the next bytes with what must be there."""
        start = self.position
        found = self.take(len(wanted), what)
        if found != wanted:
            wrong = [start + place for place, byte in enumerate(wanted) if found[place] != byte]
            raise DamagedError(f'{what} is not as it was written ({_range(wrong[0], wrong[-1])})')

    def checksum(self, entry: zipfile.ZipInfo) -> tuple[int, bytes]:
        """CRC and beginning of the content of an entry, which is what comes next."""
        inflate = zlib.decompressobj(-zlib.MAX_WBITS).decompress if entry.compress_type else bytes
        crc, beginning, end = 0, b'', self.position + entry.compress_size
        while self.position < end:
            piece = inflate(self.take(min(CHUNK, end - self.position), _said(entry)))
            crc, beginning = zlib.crc32(piece, crc), beginning or piece[:_ID_DIGITS]
        return crc, beginning


def _range(first: int, last: int) -> str:
    return f'byte {first:,}' if first == last else f'bytes {first:,} to {last:,}'


def _said(entry: zipfile.ZipInfo) -> str:
    return f'entry {entry.orig_filename!r}'


def _check_torchs(file: BinaryIO, entries: Sequence[zipfile.ZipInfo], summed: bool) -> None:
    reader, total = _Reader(file), 0
    for entry in entries:
        if entry.header_offset != reader.position:
            raise DamagedError(f'{_said(entry)} does not begin at byte {reader.position:,}, where it should')
        content = _check_entry(reader, entry, summed)
        _check_id(entry, content, total)
        total = _added(total, entry, content)
    start, directory = reader.position, b''.join(map(_central_header, entries))
    reader.expect(directory, 'the list of entries at its end')
    reader.expect(_end_records(len(entries), len(directory), start), 'its last record')
    if file.read(1):
        raise DamagedError(f'something was added behind its end (byte {reader.position:,})')
    _check_order(entries)


def _check_entry(reader: _Reader, entry: zipfile.ZipInfo, summed: bool) -> bytes:
    """Compare an entry with its header and checksum; return the beginning of its content."""
    what = _said(entry)
    header = reader.file.read(_LOCAL.size)
    reader.file.seek(reader.position)
    reader.expect(_local_header(entry, int.from_bytes(header[-2:], 'little')), f'the header of {what}')
    start = reader.position
    try:
        crc, beginning = reader.checksum(entry)
    except zlib.error as error:
        raise DamagedError(f'the content of {what} cannot be decompressed') from error
    if summed and crc != entry.CRC:
        place = _range(start, max(start, reader.position - 1))
        raise DamagedError(f'the content of {what} is not what its checksum says ({place})')
    reader.expect(_descriptor(entry), f'the end of {what}')
    return beginning


def _local_header(entry: zipfile.ZipInfo, room: int) -> bytes:
    """What stands in front of an entry's content; ``room`` bytes of it are there to align the content."""
    large, name = _zip64(entry, local=True), _name(entry)
    padding = room - len(large) - 4
    if padding < 0:
        raise DamagedError(f'the header of {_said(entry)} gives a wrong size')
    known = (0, 0, 0) if entry.flag_bits & _DESCRIBED else (entry.CRC, *_sizes(entry))
    fixed = _LOCAL.pack(b'PK\x03\x04', *_kind(entry), *known, len(name), room)
    return fixed + name + large + _PADDING + padding.to_bytes(2, 'little') + b'Z' * padding


def _name(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode('utf-8' if entry.flag_bits & _UTF8 else 'cp437')


def _kind(entry: zipfile.ZipInfo) -> tuple[int, ...]:
    """Version, flags, method, time and date. TorchScript compresses some entries."""
    return _DEFLATED if entry.compress_type else 0, entry.flag_bits, entry.compress_type, 0, 0


def _sizes(entry: zipfile.ZipInfo) -> tuple[int, int]:
    return min(entry.compress_size, _MOST_32), min(entry.file_size, _MOST_32)


def _zip64(entry: zipfile.ZipInfo, *, local: bool = False) -> bytes:
    """The field for what takes more than 32 bits; a local one does not know the stored size yet."""
    sizes = [entry.file_size, 0 if local else entry.compress_size] if entry.file_size >= _MOST_32 else []
    large = [*sizes, *([entry.header_offset] if entry.header_offset >= _MOST_32 else [])]
    return struct.pack(f'<2H{len(large)}Q', 1, 8 * len(large), *large) if large else b''


def _descriptor(entry: zipfile.ZipInfo) -> bytes:
    if not entry.flag_bits & _DESCRIBED:
        return b''
    kind = '<4sL2Q' if _zip64(entry) else '<4s3L'
    return struct.pack(kind, _DESCRIPTOR, entry.CRC, entry.compress_size, entry.file_size)


def _central_header(entry: zipfile.ZipInfo) -> bytes:
    name, large = _name(entry), _zip64(entry)
    lengths, offset = (len(name), len(large)), min(entry.header_offset, _MOST_32)
    sums = (entry.CRC, *_sizes(entry))
    fixed = _CENTRAL.pack(b'PK\x01\x02', 0, *_kind(entry), *sums, *lengths, 0, 0, 0, 0, offset)
    return fixed + name + large


def _end_records(count: int, size: int, start: int) -> bytes:
    end64 = _END64.pack(b'PK\x06\x06', _END64.size - 12, 0x031E, 45, 0, 0, count, count, size, start)
    locator = _LOCATOR.pack(_LOCATOR_MARK, 0, start + size, 1)
    counts = (min(count, _MOST_16), min(count, _MOST_16))
    return (
        end64
        + locator
        + _END.pack(b'PK\x05\x06', 0, 0, *counts, min(size, _MOST_32), min(start, _MOST_32), 0)
    )


def _check_order(entries: Iterable[zipfile.ZipInfo]) -> None:
    """Storages come in the order of their numbers, of older versions in the alphabetical one."""
    found = [match[1] for match in (_STORAGE.search(entry.orig_filename) for entry in entries) if match]
    if any(int(one) >= int(other) for one, other in pairwise(found)) and found != sorted(set(found)):
        raise DamagedError("its entries 'data/…' are not in the order of their names")


def _check_id(entry: zipfile.ZipInfo, content: bytes, total: int) -> None:
    """Compare the sum over all checksums in their order, the last entry that torch 2.1 and later write."""
    known = entry.orig_filename.endswith(_ID) and len(content) == _ID_DIGITS and content.isdigit()
    if known and int(content[_ID_DIGITS // 2 :]) != total:
        raise DamagedError('its entries are not those that were saved together')


def _added(total: int, entry: zipfile.ZipInfo, content: bytes) -> int:
    """The sum with an entry's checksum: torch takes it from what it writes, behind a descriptor's mark."""
    if content.startswith(_DESCRIPTOR) and entry.file_size >= 2 * len(_DESCRIPTOR):
        total = _combined(total, int.from_bytes(content[4:8], 'little'))
    return _combined(total, entry.CRC) if entry.flag_bits & _DESCRIBED else total


def _combined(one: int, other: int) -> int:
    """c10::hash_combine."""
    return one ^ (other + 0x9E3779B9 + (one << 6) + (one >> 2)) & _MOST_64


def _check_others(archive: zipfile.ZipFile, file: BinaryIO, *, padded: bool, summed: bool) -> None:
    """Check an archive that another program has written, or has changed after torch (``padded``)."""
    for entry in archive.infolist():
        try:
            if padded and _is_torchs(entry):
                _check_entry(_Reader(file, entry.header_offset), entry, summed)
            else:
                _check_other(archive, file, entry)
        except _UNREADABLE as error:
            raise DamagedError(f'{_said(entry)}: {error}') from error


def _is_torchs(entry: zipfile.ZipInfo) -> bool:
    return entry.date_time == _UNDATED and entry.extract_version == 0


def _check_other(archive: zipfile.ZipFile, file: BinaryIO, entry: zipfile.ZipInfo) -> None:
    what = f'the header of {_said(entry)}'
    header = _LOCAL.unpack(_Reader(file, entry.header_offset).take(_LOCAL.size, what))
    oldest = min(header[1], entry.extract_version)
    # each stands there twice: damage to an entry of torch does not make it one of another program
    if _date(*header[4:6]) != entry.date_time or (oldest < _OLDEST and header[1] != entry.extract_version):
        raise DamagedError(f'{what} differs from the list of entries')
    with archive.open(entry) as content:
        while content.read(CHUNK):
            pass


def _date(time: int, date: int) -> tuple[int, ...]:
    day = (date >> 9) + 1980, date >> 5 & 0xF, date & 0x1F
    return *day, time >> 11, time >> 5 & 0x3F, (time & 0x1F) * 2
