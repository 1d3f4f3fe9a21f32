"""The database's URL, as the drivers take it, or refused in one line."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import SettingsError

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
_SSL = {"ssl", "sslmode"}
_PASSED_ON = {"host", "port", "passfile", "prepared_statement_cache_size", "target_session_attrs"}
_POOLER = "pgbouncer"
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def read_address(url: str) -> URL:
    """The address of a database; raises SettingsError for one that cannot be used as it is."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise SettingsError("the database URL cannot be read") from error
    address = address.set(drivername=_DRIVERS.get(address.drivername, address.drivername))
    if address.drivername not in _DRIVERS.values():
        raise SettingsError(
            "the database URL must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://"
        )
    if address.get_backend_name() != "sqlite":
        return _with_ssl(address)
    if address.database in {None, "", ":memory:"}:
        raise SettingsError("the database URL must name a file")
    return address


def is_pooled(address: URL) -> bool:
    """Whether PgBouncer is in between, and each transaction may have another connection of the server's."""
    return address.query.get("prepared_statement_cache_size") == "0"


def _with_pooler(address: URL) -> URL:
    """`pgbouncer=true`, as other programs have it: nothing is to be left in a connection after a transaction."""
    if _POOLER not in address.query:
        return address
    said = address.query[_POOLER]
    if said not in {"true", "false"}:
        raise SettingsError("pgbouncer= in the database URL has to be true or false")
    rest = {name: value for name, value in address.query.items() if name != _POOLER}
    kept_none = {"prepared_statement_cache_size": "0"} if said == "true" else {}
    return address.set(query={**rest, **kept_none})


def libpq_address(url: str) -> str:
    """The same address as libpq takes it, and all that is built on it; raises SettingsError."""
    address = read_address(url)
    kept = {
        name: value
        for name, value in address.query.items()
        if name not in {"ssl", "prepared_statement_cache_size"}
    }
    if "ssl" in address.query:
        kept["sslmode"] = address.query["ssl"]
    plain = address.set(drivername="postgresql", query=kept)
    return plain.render_as_string(hide_password=False)


def _with_ssl(address: URL) -> URL:
    """libpq's `sslmode` means what asyncpg calls `ssl`; what asyncpg does not know would be a TypeError of its own."""
    address = _with_pooler(address)
    unknown = sorted(set(address.query) - _SSL - _PASSED_ON)
    if unknown:
        raise SettingsError(
            f"the database URL says {unknown[0]}=, which is not understood; sslmode= is"
        )
    modes = {str(address.query[name]) for name in _SSL & set(address.query)}
    if not modes:
        return address
    if len(modes) > 1 or not modes <= set(_SSL_MODES):
        raise SettingsError(
            f"sslmode= in the database URL has to be one of {', '.join(_SSL_MODES)}"
        )
    rest = {name: value for name, value in address.query.items() if name not in _SSL}
    return address.set(query={**rest, "ssl": modes.pop()})
