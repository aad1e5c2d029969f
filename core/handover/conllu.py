"""CoNLL-U of human work: every word says in MISC where its tag is from."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from typing import BinaryIO

from core.exporting import WORDS_OF_NOW
from core.formats import formats
from core.formats.labels import EMPTY
from core.formats.provenance import with_origins
from core.handover.pieces import Piece
from core.types import Dataset, Record


def write(found: Iterable[Piece], out: BinaryIO, dataset: Dataset) -> None:
    """Stream pieces as CoNLL-U. What the imported file said stays, byte for byte, but the tags and three keys
    of MISC (`core.formats.provenance`). A word nobody labelled has the tag `_`.
    """
    formats["conllu"].write(map(_record, found), out, task=dataset.task)


def _record(piece: Piece) -> Record:
    """A record whose block has the origins: that of its file, of its words of now, or a first one."""
    record = piece.record
    sink = io.BytesIO()
    formats["conllu"].write([replace(record, labels=None)], sink, task="pos")
    item = record.instance
    meta = {key: value for key, value in item.meta.items() if key != WORDS_OF_NOW}
    block = with_origins(sink.getvalue().decode(), piece.origins)
    labels = None if record.labels is None else tuple(label or EMPTY for label in record.labels)
    return replace(record, labels=labels, instance=replace(item, raw=block, meta=meta))
