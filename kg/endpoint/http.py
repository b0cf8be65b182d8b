"""HTTP to one host: credentials, time limits, redirects, and requests made again where that can help.

Whatever goes wrong outside is one sentence that begins with the address. Neither the address nor a sentence ever holds
a secret: credentials come from KG_TOKEN or from netrc, and a query string is not shown.
"""

import os
import random
import re
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from kg.errors import KgError, OutsideError
from kg.escape import visible

if TYPE_CHECKING:  # slow, and most calls ask nobody outside
    from ssl import SSLContext

    import httpx

#: Seconds that one request may take, from the first byte sent to the last received.
TIMEOUT = 60.0
#: A request that fails in a way that may pass is made so many times in all.
ATTEMPTS = 4
#: Seconds that a server may ask us to wait; more is not waited for.
LONGEST_WAIT = 60.0
#: Answers after which asking again can help.
_AGAIN = frozenset([429, 502, 503, 504])
#: What a 500 says where requests at once stood in each other's way, and the engine has undone one: as Virtuoso does.
_DEADLOCK = re.compile(rb"deadlock", re.IGNORECASE)
_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_MOST_REDIRECTS = 5
_PORTS = {"http": 80, "https": 443}
_TAG = re.compile(r"<(script|style|title)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)
#: So much of a server's own words stands in a message.
_WORDS = 160

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server has answered: the status, the media type without parameters, the body, the other headers."""

    status: int
    type: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str]


class _PassingError(Exception):
    """A failure after which asking again can help."""


def address(url: str) -> SplitResult:
    """Return the parts of the URL of a service; raises KgError for what is no http or https URL, or has credentials."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise KgError(f"the endpoint's URL cannot be read: {error}") from error
    if parts.username is not None or parts.password is not None:
        raise KgError("the endpoint's URL holds credentials: leave them out, and put them into KG_TOKEN or netrc")
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise KgError(f"'{visible(shown(parts))}' is no endpoint: write http://HOST/PATH or https://HOST/PATH")
    if any(one.isspace() or not one.isprintable() for one in parts.geturl()):
        raise KgError(f"'{visible(shown(parts))}' is no endpoint: a URL has no blanks")
    return parts._replace(fragment="")


def shown(parts: SplitResult) -> str:
    """Return the URL as it may be shown: without what can hold a secret."""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if parts.scheme or host else parts.path


class _Own(threading.local):
    """What a thread has for itself: the pool of httpx mixes up the answers of threads that share a connection."""

    client: "httpx.Client | None" = None
    auth: "httpx.Auth | None" = None


class Wire:
    """The connection to one service, which stays open between requests; each thread that asks has its own."""

    def __init__(self, url: str, timeout: float = TIMEOUT, *, pause: Callable[[float], None] = time.sleep) -> None:
        """Take the service's URL and the seconds that a request may take, 0 for no limit; nothing is sent yet."""
        #: What the service calls itself, as far as it has answered.
        self.server = ""
        self._parts = address(url)
        self._timeout = timeout
        self._pause = pause
        self._own = _Own()
        self._tls: SSLContext | None = None
        self._token = os.environ.get("KG_TOKEN", "").strip()
        self._secrets = {self._token}
        if not (self._token.isascii() and self._token.isprintable()):
            raise KgError("KG_TOKEN holds characters that no token has")

    @property
    def shown(self) -> str:
        """Return the address as it may be shown."""
        return shown(self._parts)

    def failure(self, sentence: str) -> OutsideError:
        """Return the error that says what is wrong with the service."""
        for secret in filter(None, (*self._secrets, self._parts.query)):
            sentence = sentence.replace(secret, "…")
        return OutsideError(f"{self.shown}: {visible(sentence)}")

    def send(
        self, method: str, params: Pairs = (), body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Return the answer to a request, whatever its status but those that may pass or want credentials.

        Such requests, and those that get no answer, are made again a few times. Raises OutsideError where that does not
        help. So nothing may be sent that does harm when it comes twice.
        """
        for attempt in range(ATTEMPTS):
            wait = random.uniform(0.5, 1) * 2**attempt / 2
            try:
                reply = self._redirected(method, params, body, dict(headers or {}))
            except _PassingError as error:
                reason = str(error)
            else:
                if not _passes(reply):
                    return reply
                reason = f"answers {reply.status}{self.words(reply)}"
                wait = max(wait, self._asked(reply.headers.get("retry-after", ""), reason))
            if attempt < ATTEMPTS - 1:
                self._pause(wait)
        raise self.failure(f"{reason}; asked {ATTEMPTS} times")

    def _asked(self, after: str, reason: str) -> float:
        """Return the seconds that the server asks us to wait: it gives them, or a date."""
        wait = 0.0
        if re.fullmatch(r"\d{1,9}", after.strip()):
            wait = float(after)
        elif after:
            from email.utils import parsedate_to_datetime  # servers seldom ask

            try:
                wait = parsedate_to_datetime(after).timestamp() - time.time()
            except ValueError:
                wait = 0.0  # neither form: wait as long as without it
        if wait > LONGEST_WAIT:
            raise self.failure(f"{reason} and asks to wait for {wait:,.0f} seconds: try again then")
        return wait

    def _redirected(self, method: str, params: Pairs, body: bytes | None, headers: dict[str, str]) -> Reply:
        """Return the answer, found where the same host says that it is."""
        parts = self._parts
        for _ in range(_MOST_REDIRECTS):
            reply = self._known(parts, method, params, body, headers)
            if reply.status not in _REDIRECTS or not (place := reply.headers.get("location", "")):
                return reply
            target = urlsplit(urljoin(parts.geturl(), place))._replace(fragment="")
            if not self._is_ours(target):
                raise self.failure(f"redirects to {shown(target)}, another host: if that is right, name it instead")
            if reply.status in (301, 308):
                self._parts = target._replace(query=self._parts.query)
            if reply.status == 303:
                method, body = "GET", None
            # A place with a query string has taken ours into it.
            params, parts = (() if target.query else params), target
        raise self.failure(f"redirects more than {_MOST_REDIRECTS} times")

    def _is_ours(self, target: SplitResult) -> bool:
        """Say whether a redirect stays on the host, and does not leave encryption."""

        def place(parts: SplitResult) -> tuple[str, str | None, int | None]:
            return (parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme))

        own, new = place(self._parts), place(target)
        standard = (self._parts.hostname, _PORTS["http"], _PORTS["https"])
        return own == new or (own[1:], new[1:], new[0]) == (standard[:2], standard[::2], "https")

    def _known(
        self, parts: SplitResult, method: str, params: Pairs, body: bytes | None, headers: dict[str, str]
    ) -> Reply:
        """Return the answer to a request that says who we are where that is asked for."""
        reply = self._once(parts, method, params, body, headers)
        if reply.status == 401 and self._own.auth is None and not self._token:
            self._own.auth = self._from_netrc(reply.headers.get("www-authenticate", ""))
            reply = self._once(parts, method, params, body, headers) if self._own.auth else reply
        if reply.status in (401, 403):
            known = "KG_TOKEN" if self._token else "netrc's login" if self._own.auth else ""
            why = (
                f"does not let {known} do this"
                if known
                else "wants to know who asks: set KG_TOKEN, or name it in netrc"
            )
            raise self.failure(f"{why} ({reply.status}{self.words(reply)})")
        return reply

    def _from_netrc(self, challenge: str) -> "httpx.Auth | None":
        """Return who we are on this host by netrc, in the manner in which the server wants it, or None."""
        import netrc  # only where a server wants to know

        import httpx

        path = Path(os.environ.get("NETRC") or "~/.netrc")
        try:
            # What stands for every host there is not meant for this one.
            found = netrc.netrc(str(path.expanduser())).hosts.get(self._parts.hostname or "")
        except (FileNotFoundError, RuntimeError):
            return None  # there is none, or nobody's home is known
        except (OSError, netrc.NetrcParseError, UnicodeDecodeError) as error:
            text = getattr(error, "strerror", None) or getattr(error, "msg", None) or "not UTF-8"
            raise KgError(f"'{path}' cannot be read: {text}") from error
        if found is None:
            return None
        login, _, password = found
        self._secrets.add(password)
        # A server may offer both; the digest keeps the password to itself.
        if re.search(r"(^|,\s*)digest\b", challenge, re.IGNORECASE):
            return httpx.DigestAuth(login, password)
        return httpx.BasicAuth(login, password)

    def _once(
        self, parts: SplitResult, method: str, params: Pairs, body: bytes | None, headers: dict[str, str]
    ) -> Reply:
        """Return the answer to a request that is made once."""
        import socket
        import ssl

        import httpx

        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        url = parts._replace(query="&".join(filter(None, (parts.query, urlencode(params))))).geturl()
        try:
            client = self._opened()
            with client.stream(method, url, content=body, headers=headers, auth=self._own.auth) as response:
                self.server = response.headers.get("server", "")
                data = b"".join(self._within(response.iter_bytes()))
                kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Reply(response.status_code, kind, data, response.headers)
        except httpx.TimeoutException as error:
            raise self.failure(f"gave no answer within {self._timeout:g} seconds") from error
        except httpx.ConnectError as error:
            causes = list(_causes(error))
            if tls := next((one for one in causes if isinstance(one, ssl.SSLError)), None):
                raise self.failure(f"no safe connection: {_of_tls(tls)}") from error
            if any(isinstance(one, socket.gaierror) for one in causes):
                raise self.failure("there is no host of this name") from error
            refused = any(isinstance(one, ConnectionRefusedError) for one in causes)
            raise _PassingError("nothing listens there: is it running?" if refused else "cannot be reached") from error
        except httpx.RemoteProtocolError as error:
            broken = "complete message" in str(error) or "incomplete" in str(error)
            raise _PassingError(
                "broke off in the middle of its answer" if broken else "gave no answer in HTTP"
            ) from error
        except httpx.DecodingError as error:
            raise self.failure("the answer is packed in a way that cannot be undone") from error
        except httpx.TransportError as error:
            raise _PassingError("the connection broke") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise KgError(f"'{self.shown}' is no endpoint: {error}") from error

    def _opened(self) -> "httpx.Client":
        if self._own.client is None:
            import httpx

            timeout = httpx.Timeout(self._timeout or None, connect=min(10.0, self._timeout or 10.0))
            # What takes most of the time is to read the authorities that vouch for hosts, and is done once.
            self._tls = self._tls or httpx.create_ssl_context()
            self._own.client = httpx.Client(timeout=timeout, headers={"User-Agent": "hearsay"}, verify=self._tls)
            weakref.finalize(self, self._own.client.close)
        return self._own.client

    def _within(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        """Give the parts of an answer as long as there is time: a server may drip, and never be late with a part."""
        end = time.monotonic() + self._timeout if self._timeout else None
        for part in parts:
            if end is not None and time.monotonic() > end:
                raise self.failure(f"gave no whole answer within {self._timeout:g} seconds")
            yield part

    def words(self, reply: Reply) -> str:
        """Return what the server says in words, as the tail of a sentence, or ""."""
        text = reply.body[:20_000].decode(errors="replace")
        lines = _TAG.sub(" ", text).split("\n\n")[0] if "html" in reply.type or "<html" in text.lower() else text
        plain = " ".join((lines if reply.type != "text/plain" else lines.split("\n\n")[0]).split())
        if not plain or "\ufffd" in plain:
            return ""
        return f": {plain[:_WORDS]}{'…' if len(plain) > _WORDS else ''}"


def _passes(reply: Reply) -> bool:
    """Say whether the same request may well be answered a little later."""
    return reply.status in _AGAIN or (reply.status == 500 and bool(_DEADLOCK.search(reply.body)))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _of_tls(error: Exception) -> str:
    """Return what a failed handshake means."""
    said = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
    if getattr(error, "verify_message", ""):
        return f"its certificate is not to be trusted ({said})"
    return f"it does not speak TLS as it should ({str(said).replace('_', ' ').lower()})"
