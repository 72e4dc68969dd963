"""What is in a file, whatever its name says.

The first bytes decide between workbook, Parquet and text; gzip, and zip of exactly one file, are
opened. What cannot be a list is refused with a cure.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath

from waitlist_merge.errors import RefusedExtract

__all__ = ["Contents", "Kind", "open_contents"]

MAX_BYTES = 16 * 2**30
"""Most bytes that a compressed file may unpack to: about ten times a list of all England."""

TEXT_ENDINGS = frozenset({"", ".csv", ".tsv", ".txt", ".psv", ".tab", ".dat", ".asc"})
WORKBOOK_ENDINGS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
OTHER_ENDINGS = frozenset({".parquet", ".pq", ".gz", ".zip"})

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_NAMES = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))
_SAVE_AS = "save it as .xlsx, .csv or .parquet"


class Kind(StrEnum):
    """How the bytes are to be read."""

    TEXT = "text"
    WORKBOOK = "workbook"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True, repr=False)
class Contents:
    """The bytes of one list: ``source`` is the file's name as given, ``packed`` how it came."""

    source: str
    kind: Kind
    data: bytes
    digest: str
    packed: str = ""


def open_contents(path: Path) -> Contents:
    """The list that a path leads to; RefusedExtract where there is none or it is of no kind."""
    source = path.name or str(path)
    data = _read(path, source)
    digest = hashlib.sha256(data).hexdigest()
    ending, packed = path.suffix.lower(), ""
    if ending not in TEXT_ENDINGS | WORKBOOK_ENDINGS | OTHER_ENDINGS:
        raise RefusedExtract(source, f"files of kind {ending} are not read", _SAVE_AS)
    if data.startswith(b"\x1f\x8b"):
        data, packed, ending = _gunzip(source, data), "gzip", PurePath(path.stem).suffix.lower()
    elif data.startswith(b"PK") and _is_plain_zip(source, data):
        data, packed, ending = _unzip(source, data)
    if not data or data.isspace():
        raise RefusedExtract(source, "it is empty", "send the list again")
    return Contents(source, _kind(source, data, ending), data, digest, packed)


def _read(path: Path, source: str) -> bytes:
    if path.is_dir():
        raise RefusedExtract(source, "it is a folder", "name the files in it")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _not_there(path, source) from None
    except OSError as error:
        why = error.strerror or "it cannot be read"
        raise RefusedExtract(source, why, "check the path and that you may read it") from None


def _not_there(path: Path, source: str) -> RefusedExtract:
    """Of "XX=list.csv" the list may well be there, and what is not like a code is the fault."""
    code, _, after = str(path).partition("=")
    if after and Path(after).is_file():
        problem = f'what stands before "=" is no code of an organisation: {code}'
        return RefusedExtract(Path(after).name, problem, "write 3 to 9 letters and digits")
    return RefusedExtract(source, "there is no such file", "check the path")


def _gunzip(source: str, data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            unpacked = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise RefusedExtract(source, "its gzip is damaged", "send the file again") from None
    return _within_limit(source, unpacked)


def _within_limit(source: str, data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        problem = f"it unpacks to more than {MAX_BYTES // 2**30} GB"
        raise RefusedExtract(source, problem, "split the list")
    return data


def _members(source: str, data: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return packed.infolist()
    except zipfile.BadZipFile:
        raise RefusedExtract(source, "its zip is damaged", "send the file again") from None


def _is_plain_zip(source: str, data: bytes) -> bool:
    """True for a zip of files; False for a workbook, which is a zip of its parts."""
    names = {each.filename for each in _members(source, data)}
    if "[Content_Types].xml" in names:
        if not any(name.startswith("xl/") for name in names):
            raise RefusedExtract(source, "it is an Office file but no workbook", _SAVE_AS)
        return False
    return "mimetype" not in names


def _unzip(source: str, data: bytes) -> tuple[bytes, str, str]:
    members = [
        each
        for each in _members(source, data)
        if not each.is_dir() and not each.filename.startswith("__MACOSX/")
    ]
    if len(members) != 1:
        problem = f"the zip holds {len(members)} files"
        raise RefusedExtract(source, problem, "give a zip of exactly one list, or unpack it")
    member = members[0]
    if member.flag_bits & 1:
        raise RefusedExtract(source, "the zip has a password", "unpack it first")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed, packed.open(member) as inner:
            unpacked = inner.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        raise RefusedExtract(source, "its zip is damaged", "send the file again") from None
    ending = PurePath(member.filename).suffix.lower()
    return _within_limit(source, unpacked), "zip", ending


def _kind(source: str, data: bytes, ending: str) -> Kind:
    if data.startswith(b"PAR1"):
        return Kind.PARQUET
    if data.startswith(_OLE):
        _refuse_password(source, data)
        return Kind.WORKBOOK
    if data.startswith(b"PK"):
        return Kind.WORKBOOK
    if ending in {".parquet", ".pq"} | (WORKBOOK_ENDINGS - {".xls"}):
        raise RefusedExtract(source, f"it is no {ending} file inside", "send the file again")
    if (
        data[:512]
        .lstrip(b"\xef\xbb\xbf \r\n\t")
        .lower()
        .startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"%pdf", b"{"))
    ):
        raise RefusedExtract(source, "it is no list of rows and columns", _SAVE_AS)
    return Kind.TEXT


def _refuse_password(source: str, data: bytes) -> None:
    if any(name in data for name in _ENCRYPTED_NAMES):
        cure = "open it, take the password off and save it again"
        raise RefusedExtract(source, "the workbook has a password", cure)
