"""Where handoffs wait for a person: SQLite by default, any SQLAlchemy URL otherwise.

A handoff is on disk before `accept` returns. A moment has one open handoff, whoever tries, in whatever process:
the unique index decides, not a look beforehand. Where a conversation that waits goes on, its open handoff learns what
was said since, and keeps its number. Once a person has resolved it, the same moment opens the next episode, whose key
follows from the key before.
"""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from sqlalchemy import (
    URL,
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    false,
    func,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

from guard.errors import EscalationError
from guard.escalation.packet import joined
from guard.outcome import Handoff, Reason, Receipt, State

if TYPE_CHECKING:
    from sqlalchemy.engine import Row

_TABLES = MetaData()
_HANDOFFS = Table(
    "handoffs",
    _TABLES,
    Column("id", String(20), primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("tenant", String(200), nullable=False),
    Column("case_id", Text, nullable=False, index=True),
    Column("reason", String(40), nullable=False),
    Column("state", String(20), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("resolved_at", DateTime(timezone=True)),
    Column("packet", Text, nullable=False),
)
_SHOWN = Table(
    "shown",
    _TABLES,
    Column("tenant", String(200), primary_key=True),
    Column("id", String(500), primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("reply", Text, nullable=False),
)
"""What customers saw in place of drafts that the model's server keeps, by the id that it gave them."""


_ID_LENGTHS = (10, 17)
"""Hex digits of a number that customers read out; the longer one is for the rare case that the short one is taken."""
_ADVISORY = 0x4347
"""Number of the lock under which PostgreSQL gets its table; any number that nobody else uses there."""
_PATIENCE = 30
"""Seconds for which a busy SQLite file is waited for."""


class Desk:
    """The store of handoffs. Nothing is opened or created before the first handoff."""

    def __init__(self, url: str, tenant: str = "default") -> None:
        self._url = url
        self._tenant = tenant
        self._engine: Engine | None = None
        self._pid = 0
        self._opening = threading.Lock()

    def accept(self, handoff: Handoff) -> Receipt:
        """Store it, or find it waiting, and say so. Raises `EscalationError` when neither can be had."""
        row: dict[str, object] = {
            "tenant": self._tenant,
            "case_id": handoff.case_id,
            "reason": handoff.reason,
            "state": "queued",
            "urgent": handoff.urgent,
            "created_at": datetime.now(UTC),
            "packet": handoff.packet,
        }
        with self._reached("store the handoff"):
            try:
                return self._placed(handoff, row)
            except IntegrityError:  # a database that we cannot hold alone: somebody stored it meanwhile
                return self._placed(handoff, row)

    def _placed(self, handoff: Handoff, row: Mapping[str, object]) -> Receipt:
        """One transaction, alone with this conversation: go on with what waits, or find or store this moment."""
        with self._opened().begin() as db:
            _alone(db, handoff.case_id)
            if waiting := self._continued(db, handoff):
                return waiting
            key = handoff.key
            while (found := _by_key(db, key)) is not None:
                if found.state != "resolved":
                    return found
                key = sha256(key.encode()).hexdigest()
            id = next(id for length in _ID_LENGTHS if not _taken(db, id := f"CG-{key[:length].upper()}"))
            db.execute(insert(_HANDOFFS).values(id=id, key=key, **row))
            return _stored(db, id)

    def _continued(self, db: Connection, handoff: Handoff) -> Receipt | None:
        """The open handoff of the same conversation, brought up to date; None where there is none to continue.

        The same conversation has the same name and shares what was said (`packet.joined`): a second conversation of
        one customer, or another customer's, is neither read nor overwritten.
        """
        same = (
            (_HANDOFFS.c.tenant == self._tenant)
            & (_HANDOFFS.c.case_id == handoff.case_id)
            & (_HANDOFFS.c.state == "queued")
        )
        for waits in db.execute(select(_HANDOFFS).where(same)).all():
            packet = joined(str(waits.packet), handoff.packet)
            if packet is None:
                continue
            learned: dict[str, object] = {"urgent": True} if handoff.urgent else {}
            if packet != waits.packet:
                learned |= {"packet": packet, "reason": handoff.reason}
            if learned:
                db.execute(update(_HANDOFFS).where(_HANDOFFS.c.id == waits.id).values(**learned))
            return _stored(db, str(waits.id))
        return None

    def open(self, *, everything: bool = False) -> list[Receipt]:
        """Handoffs that wait, oldest and urgent first; `everything` adds the resolved ones."""
        order = select(_HANDOFFS).where(_HANDOFFS.c.tenant == self._tenant)
        order = order.order_by(_HANDOFFS.c.urgent.desc(), _HANDOFFS.c.created_at, _HANDOFFS.c.id)
        if not everything:
            order = order.where(_HANDOFFS.c.state == "queued")
        with self._reached("read the handoffs"), self._opened().connect() as db:
            return [_receipt(row) for row in db.execute(order)]

    def packet(self, id: str) -> tuple[Receipt, str] | None:
        """A handoff with its packet as JSON, or None when there is none of that id."""
        with self._reached("read the handoff"), self._opened().connect() as db:
            row = db.execute(
                select(_HANDOFFS).where(_HANDOFFS.c.id == id, _HANDOFFS.c.tenant == self._tenant)
            ).one_or_none()
        return None if row is None else (_receipt(row), str(row.packet))

    def resolve(self, id: str) -> bool:
        """A person has settled it. False when there is none of that id; once resolved it stays so."""
        change = update(_HANDOFFS).where(_HANDOFFS.c.id == id, _HANDOFFS.c.tenant == self._tenant)
        with self._reached("resolve the handoff"), self._opened().begin() as db:
            db.execute(
                change.where(_HANDOFFS.c.state == "queued").values(
                    state="resolved", resolved_at=datetime.now(UTC)
                )
            )
            return (
                db.execute(
                    select(_HANDOFFS.c.id).where(_HANDOFFS.c.id == id, _HANDOFFS.c.tenant == self._tenant)
                ).one_or_none()
                is not None
            )

    def show(self, id: str, shown: tuple[str, str] | None) -> None:
        """Keep what was shown, in which conversation, in place of a draft that the model's server knows as `id`.

        None: forget it.
        """
        same = (_SHOWN.c.tenant == self._tenant) & (_SHOWN.c.id == id)
        with self._reached("keep what was shown"), self._opened().begin() as db:
            _alone(db, id)
            db.execute(delete(_SHOWN).where(same))
            if shown is not None:
                row = {"tenant": self._tenant, "id": id, "case_id": shown[0], "reply": shown[1]}
                db.execute(insert(_SHOWN).values(**row))

    def shown(self, id: str) -> tuple[str, str] | None:
        """The conversation, and what was shown in it in place of that draft; None where nobody kept it."""
        same = (_SHOWN.c.tenant == self._tenant) & (_SHOWN.c.id == id)
        with self._reached("read what was shown"), self._opened().connect() as db:
            found = db.execute(select(_SHOWN.c.case_id, _SHOWN.c.reply).where(same)).one_or_none()
        return None if found is None else (str(found.case_id), str(found.reply))

    def close(self) -> None:
        """Give the connections back."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _opened(self) -> Engine:
        """The engine of this process, one for all of its threads: a connection must not cross a fork."""
        if self._pid != os.getpid():
            self._opening = (
                threading.Lock()
            )  # the one from before the fork may be held by a thread that is gone
        with self._opening:
            if self._engine is None or self._pid != os.getpid():
                if self._engine is not None:
                    self._engine.dispose(close=False)
                self._engine, self._pid = _engine(self._url), os.getpid()
            return self._engine

    @contextmanager
    def _reached(self, what: str) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError, ValueError) as error:
            cause = getattr(error, "orig", None) or error
            raise EscalationError(
                f"Could not {what} in {_shown(self._url)}: {cause}. Nothing was said to the customer. "
                "Make that place writable, or name another with COMPASSION_GUARD_HOME or COMPASSION_GUARD_DATABASE_URL.",
                case_id="",
                draft="",
            ) from None
        except ModuleNotFoundError as error:
            raise EscalationError(
                f"Could not {what} in {_shown(self._url)}: {error.name} is not installed. Nothing was said to the "
                "customer. For PostgreSQL: pip install 'compassion-guard[postgres]'.",
                case_id="",
                draft="",
            ) from None


def _shown(url: str) -> str:
    """The URL without its password, nor its options, which can hold one; nothing of it where it is no URL, for then anything could be the password."""
    try:
        return _parsed(url).set(query={}).render_as_string(hide_password=True)
    except ArgumentError:
        return "COMPASSION_GUARD_DATABASE_URL"


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # its words can quote the password
        raise ArgumentError(
            "it is no URL of a database. One is postgresql://user:password@host:5432/name, with / and @ in the "
            "password written as %2F and %40"
        ) from None


def _engine(url: str) -> Engine:
    made = _parsed(url)
    if made.get_backend_name() != "sqlite":
        return _server(made)
    if made.database and made.database != ":memory:" and not made.database.startswith("file:"):
        _private(Path(made.database))
    engine = create_engine(made, connect_args={"timeout": _PATIENCE})
    event.listen(engine, "connect", _durable)
    _write_ahead(engine)
    with engine.begin() as db:  # IF NOT EXISTS in one statement: two processes may start on the same new file
        for table in _TABLES.sorted_tables:
            db.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                db.execute(CreateIndex(index, if_not_exists=True))
    return engine


def _private(file: Path) -> None:
    """Make the file so that others cannot read what customers wrote; SQLite gives its side files the same rights."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(file, os.O_RDONLY | os.O_CREAT, 0o600))


def _server(url: URL) -> Engine:
    """A database server. `postgresql://` means the driver that our extra installs."""
    postgres = url.get_backend_name() == "postgresql"
    engine = create_engine(
        url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url,
        pool_pre_ping=True,
    )
    with engine.begin() as db:
        if postgres:  # two processes that create one table at once fail there, IF NOT EXISTS or not
            db.execute(select(func.pg_advisory_xact_lock(_ADVISORY)))
        _TABLES.create_all(db)
    return engine


def _write_ahead(engine: Engine) -> None:
    """WAL, so that readers never block the writer. The file keeps it, so it is set once, not by every connection.

    SQLite gives a busy file up at once where it would have to wait with a lock in hand, whatever the timeout;
    so the waiting is done here.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            with engine.connect() as db:
                db.exec_driver_sql("PRAGMA journal_mode=WAL")
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _durable(connection: object, record: object) -> None:
    """FULL, so that a commit has reached the disk when it returns."""
    cursor = cast("_Cursors", connection).cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _alone(db: Connection, case_id: str) -> None:
    """Nobody else writes for this conversation until the transaction ends."""
    if db.dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_ADVISORY, func.hashtext(case_id))))
    else:  # an update of nothing takes SQLite's one write lock
        db.execute(update(_HANDOFFS).where(false()).values(state=_HANDOFFS.c.state))


def _by_key(db: Connection, key: str) -> Receipt | None:
    row = db.execute(select(_HANDOFFS).where(_HANDOFFS.c.key == key)).one_or_none()
    return None if row is None else _receipt(row)


def _taken(db: Connection, id: str) -> bool:
    return db.execute(select(_HANDOFFS.c.id).where(_HANDOFFS.c.id == id)).one_or_none() is not None


def _stored(db: Connection, id: str) -> Receipt:
    return _receipt(db.execute(select(_HANDOFFS).where(_HANDOFFS.c.id == id)).one())


class _Cursor(Protocol):
    def execute(self, sql: str) -> object: ...
    def close(self) -> None: ...


class _Cursors(Protocol):
    def cursor(self) -> _Cursor: ...


def _receipt(row: "Row[tuple[object, ...]]") -> Receipt:
    created: datetime = row.created_at
    return Receipt(
        id=row.id,
        case_id=row.case_id,
        reason=cast("Reason", row.reason),
        state=cast("State", row.state),
        created_at=created.replace(tzinfo=UTC) if created.tzinfo is None else created,
        urgent=bool(row.urgent),
    )
