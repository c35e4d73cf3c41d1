"""How a statement that is written once reaches PostgreSQL: past psycopg's cursors, by its libpq.

A cursor costs several times what PostgreSQL needs to answer a small statement, and the words that
begin and end a transaction cost a way to the server each. Here a statement is prepared once for a
connection, and those words travel with it.

psycopg forgets all prepared statements of a session, ours too, when a transaction is rolled back.
A statement that is found forgotten is prepared anew, which is only possible where nothing of a
transaction was done yet; so a ``Line`` must only be used outside of transactions, to begin one,
or in one that it began.
"""

from __future__ import annotations

import select
import struct
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any, Final, NamedTuple
from uuid import UUID

from psycopg import Connection, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Values = tuple[Any, ...]
Question = tuple[str, Sequence[Any]]
"""A statement and its values."""

_MOST_KEPT: Final = 200
"""As many statements a connection keeps prepared: each costs the server some memory."""

_BEGIN: Final = b"BEGIN"
_COMMIT: Final = b"COMMIT"


class _Message(NamedTuple):
    """A prepared statement with its values, as libpq sends it."""

    name: bytes
    values: Sequence[Any]
    formats: Sequence[int] | None


class _Statement:
    """A statement as a connection knows it: its prepared names by the types of its values."""

    def __init__(self, statement: str, connection: Connection[Any]) -> None:
        self.text = _numbered(statement)
        self.names: dict[tuple[int, ...], bytes] = {}
        self._transformer = Transformer(connection)
        self._loads = False

    def told(self, values: Sequence[Any]) -> tuple[Sequence[Any], tuple[int, ...], Sequence[Any]]:
        """Values as they are sent, with their types and formats."""
        transformer = self._transformer
        keys = [n for n, each in enumerate(values) if type(each) is list and _are_keys(each)]
        plain = values
        if keys:
            plain = [None if n in keys else each for n, each in enumerate(values)]
        dumped = list(transformer.dump_sequence(plain, [PyFormat.AUTO] * len(values)))
        types, formats = list(transformer.types or ()), list(transformer.formats or ())
        for n in keys:
            dumped[n], types[n], formats[n] = _keys_told(values[n]), _KEYS, Format.BINARY
        return dumped, tuple(types), formats

    def rows(self, result: PGresult) -> list[Values]:
        """What was answered; how its columns are read is found out once."""
        if result.status != ExecStatus.TUPLES_OK:
            return []
        self._transformer.set_pgresult(result, set_loaders=not self._loads)
        self._loads = True
        return self._transformer.load_rows(0, result.ntuples, tuple)


class Line:
    """The statements of one connection, prepared as they come, those last used kept."""

    def __init__(self, connection: Connection[Any], most_kept: int = _MOST_KEPT) -> None:
        self.connection = connection
        self._most_kept = most_kept
        self._pgconn: PGconn = connection.pgconn
        self._statements: OrderedDict[str, _Statement] = OrderedDict()
        self._numbers = count(1)
        self._given_up: list[bytes] = []
        self._foreseen: deque[tuple[Question, list[Values]]] = deque()

    @property
    def is_idle(self) -> bool:
        """Whether no transaction is open."""
        return self._pgconn.transaction_status == TransactionStatus.IDLE

    def run(
        self, statement: str, values: Sequence[Any], *, begin: bool = False, commit: bool = False
    ) -> list[Values]:
        """Run one statement, in a transaction that begins before it or ends with it if told so.

        Raises psycopg's errors; a transaction that could not be committed is rolled back.
        """
        found = self._answered(statement, values)
        if found is not None:
            return found
        (result,) = self._run([(statement, values)], begin=begin, commit=commit)
        return result

    def run_ahead(self, parts: Sequence[Question], *, begin: bool = False) -> None:
        """Run statements of one transaction, sent together, before ``run`` is asked for them.

        Their answers count for as long as exactly these are asked, in this order: it is as if
        each had been run then, since nothing was in between. Whatever else is run forgets them:
        what is run past this line is for the caller to tell, by ``forget_foreseen``.
        """
        self._foreseen.clear()
        self._foreseen.extend(zip(parts, self._run(parts, begin=begin), strict=True))

    def forget_foreseen(self) -> None:
        """Something else was run, which this line knows nothing of."""
        self._foreseen.clear()

    def _answered(self, statement: str, values: Sequence[Any]) -> list[Values] | None:
        if not self._foreseen:
            return None
        question, found = self._foreseen.popleft()
        if question == (statement, values) and not self.is_idle:
            return found
        self._foreseen.clear()
        return None

    def _run(
        self, parts: Sequence[Question], *, begin: bool, commit: bool = False
    ) -> list[list[Values]]:
        idle = self.is_idle
        asked = [(self._known(statement), values) for statement, values in parts]
        try:
            results = self._sent(asked, begin=begin, commit=commit)
        except InvalidSqlStatementName:
            if not idle:
                raise
            if not self.is_idle:
                self._pgconn.exec_(b"ROLLBACK")
            self._forget()
            results = self._sent(asked, begin=begin, commit=commit)
        return [known.rows(result) for (known, _), result in zip(asked, results, strict=True)]

    def run_apart(self, parts: Iterable[Question]) -> list[list[Values]]:
        """Run statements one after the other, each committed by itself, sent together."""
        asked = [(self._known(statement), values) for statement, values in parts]
        messages = [self._message(known, values) for known, values in asked]
        results = _exchange(self._pgconn, [[message] for message in messages])
        found = []
        for (known, values), result in zip(asked, results, strict=True):
            try:
                found.append(known.rows(self._checked(result)))
            except InvalidSqlStatementName:
                known.names.clear()
                found.append(known.rows(*self._sent([(known, values)])))
        return found

    def _sent(
        self,
        asked: Sequence[tuple[_Statement, Sequence[Any]]],
        *,
        begin: bool = False,
        commit: bool = False,
    ) -> list[PGresult]:
        messages = [self._message(*each) for each in asked]
        if len(messages) == 1 and not begin and not commit:
            return [self._checked(self._pgconn.exec_prepared(*messages[0], Format.BINARY))]
        sent: list[_Message | bytes] = [*messages]
        if begin:
            sent.insert(0, _BEGIN)
        if commit:
            sent.append(_COMMIT)
        results = [self._checked(each) for each in _exchange(self._pgconn, [sent])]
        first = 1 if begin else 0
        return results[first : first + len(messages)]

    def _known(self, statement: str) -> _Statement:
        known = self._statements.get(statement)
        if known is not None:
            self._statements.move_to_end(statement)
            return known
        known = self._statements[statement] = _Statement(statement, self.connection)
        if len(self._statements) > self._most_kept:
            _, oldest = self._statements.popitem(last=False)
            self._given_up += oldest.names.values()
        if self.is_idle:  # an error would end a transaction, and means nothing outside of one
            for name in self._given_up:
                self._pgconn.exec_(b"DEALLOCATE " + name)
            self._given_up.clear()
        return known

    def _message(self, known: _Statement, values: Sequence[Any]) -> _Message:
        dumped, types, formats = known.told(values)
        name = known.names.get(types)
        if name is None:
            name = b"tenure_%d" % next(self._numbers)
            self._checked(self._pgconn.prepare(name, known.text, types))
            known.names[types] = name
        return _Message(name, dumped, formats)

    def _forget(self) -> None:
        for known in self._statements.values():
            known.names.clear()
        self._given_up.clear()

    def _checked(self, result: PGresult) -> PGresult:
        if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            return result
        if self._pgconn.status == ConnStatus.BAD:
            raise OperationalError(self._pgconn.get_error_message())
        raise error_from_result(result, encoding=self.connection.info.encoding)


def _exchange(pgconn: PGconn, batches: Sequence[Sequence[_Message | bytes]]) -> list[PGresult]:
    """Send all at once and wait for all answers; what fails ends its own batch alone.

    An answer that did not come because of that is left out, since the one that failed is before.
    """
    pgconn.enter_pipeline_mode()
    for batch in batches:
        for message in batch:
            if isinstance(message, bytes):
                pgconn.send_query_params(message, None)
            else:
                pgconn.send_query_prepared(*message, Format.BINARY)
        pgconn.pipeline_sync()
    socket = select.poll()
    socket.register(pgconn.socket, select.POLLIN | select.POLLOUT)
    while pgconn.flush():
        socket.poll()
        pgconn.consume_input()
    socket.modify(pgconn.socket, select.POLLIN)
    results: list[PGresult] = []
    left = len(batches)
    while left:
        while pgconn.is_busy():
            socket.poll()
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            left -= 1
        else:
            results.append(result)
    pgconn.exit_pipeline_mode()
    return results


def _are_keys(values: list[Any]) -> bool:
    return bool(values) and type(values[0]) is UUID


def _keys_told(keys: list[UUID]) -> bytes:
    """A list of keys, none of them missing, as PostgreSQL reads ``uuid[]``; psycopg's own way of
    telling it takes several times as long, and most of what is read for a batch is so named."""
    head = _ARRAY.pack(1, 0, _KEY, len(keys), 1)
    return head + _OF_A_KEY.join([b"", *[each.bytes for each in keys]])


_KEY: Final = 2950
_KEYS: Final = 2951
"""The types ``uuid`` and ``uuid[]``, as all of PostgreSQL's servers number them."""
_ARRAY: Final = struct.Struct("!iiIii")
"""Of so many dimensions, without nulls, of which type, how long, counted from."""
_OF_A_KEY: Final = struct.pack("!i", 16)


def _numbered(statement: str) -> bytes:
    """``$1``, ``$2`` … for each ``%s``, as PostgreSQL numbers parameters."""
    first, *rest = statement.split("%s")
    numbers = count(1)
    return "".join([first, *(f"${next(numbers)}{text}" for text in rest)]).encode()
