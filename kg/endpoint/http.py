"""HTTP requests to one host: credentials, time limits, redirects and retries.

Each failure is one sentence that begins with the address. No message holds a secret: credentials come from KG_TOKEN or
netrc, and the query string is not shown.
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

if TYPE_CHECKING:  # slow, and most commands send no request
    from ssl import SSLContext

    import httpx

#: Seconds that one request may take, from the first byte sent to the last received.
TIMEOUT = 60.0
#: How often a request is sent at most, the first time included.
ATTEMPTS = 4
#: The longest `Retry-After`, in seconds, that is obeyed.
LONGEST_WAIT = 60.0
#: Statuses after which a retry can help.
_RETRIED = frozenset([429, 502, 503, 504])
#: A 500 with this word is retried: Virtuoso rolls back one of two concurrent requests.
_DEADLOCK = re.compile(rb"deadlock", re.IGNORECASE)
_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_MOST_REDIRECTS = 5
_PORTS = {"http": 80, "https": 443}
_TAG = re.compile(r"<(script|style|title)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)
#: The number of characters of a server's own message that an error quotes.
_QUOTED = 160

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer: the status, the media type without parameters, the body and the headers."""

    status: int
    type: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str]


class _TransientError(Exception):
    """A failure after which a retry can help."""


def address(url: str) -> SplitResult:
    """Return the parts of an endpoint's URL.

    Raises KgError for a URL that is not http or https, or that holds credentials.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise KgError(f"cannot read the endpoint's URL: {error}") from error
    if parts.username is not None or parts.password is not None:
        raise KgError("the endpoint's URL holds credentials: remove them, and set KG_TOKEN or use netrc")
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise KgError(
            f"'{visible(shown(parts))}' is not the URL of an endpoint: write http://HOST/PATH or https://HOST/PATH"
        )
    if any(char.isspace() or not char.isprintable() for char in parts.geturl()):
        raise KgError(f"'{visible(shown(parts))}' is not the URL of an endpoint: a URL has no blanks")
    return parts._replace(fragment="")


def shown(parts: SplitResult) -> str:
    """Return the URL without the parts that can hold a secret."""
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if parts.scheme or host else parts.path


class _PerThread(threading.local):
    """The client of one thread: the pool of httpx mixes up the answers of threads that share a connection."""

    client: "httpx.Client | None" = None
    auth: "httpx.Auth | None" = None


class Connection:
    """A connection to one service, open between requests; each thread has its own."""

    def __init__(self, url: str, timeout: float = TIMEOUT, *, pause: Callable[[float], None] = time.sleep) -> None:
        """Take the URL and the time limit of a request in seconds, 0 for none; nothing is sent yet."""
        #: The `Server` header of the last answer.
        self.server = ""
        self._parts = address(url)
        self._timeout = timeout
        self._pause = pause
        self._thread = _PerThread()
        self._tls: SSLContext | None = None
        self._token = os.environ.get("KG_TOKEN", "").strip()
        self._secrets = {self._token}
        if not (self._token.isascii() and self._token.isprintable()):
            raise KgError("KG_TOKEN holds characters that are not allowed in a token")

    @property
    def shown(self) -> str:
        """Return the URL without secrets."""
        return shown(self._parts)

    def failure(self, sentence: str) -> OutsideError:
        """Return an error whose message is the address and the sentence, without secrets."""
        for secret in filter(None, (*self._secrets, self._parts.query)):
            sentence = sentence.replace(secret, "…")
        return OutsideError(f"{self.shown}: {visible(sentence)}")

    def send(
        self, method: str, params: Pairs = (), body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Return the answer to a request, with any status except those that are retried or ask for credentials.

        A request without an answer is retried, too, so it must be safe to send twice. Raises OutsideError if no
        attempt succeeds.
        """
        for attempt in range(ATTEMPTS):
            wait = random.uniform(0.5, 1) * 2**attempt / 2
            try:
                reply = self._redirected(method, params, body, dict(headers or {}))
            except _TransientError as error:
                reason = str(error)
            else:
                if not _is_transient(reply):
                    return reply
                reason = f"answers {reply.status}{self.words(reply)}"
                wait = max(wait, self._retry_after(reply.headers.get("retry-after", ""), reason))
            if attempt < ATTEMPTS - 1:
                self._pause(wait)
        raise self.failure(f"{reason}; tried {ATTEMPTS} times")

    def _retry_after(self, after: str, reason: str) -> float:
        """Return the seconds to wait by a `Retry-After` header, which is a number or a date."""
        wait = 0.0
        if re.fullmatch(r"\d{1,9}", after.strip()):
            wait = float(after)
        elif after:
            from email.utils import parsedate_to_datetime  # few servers send it

            try:
                wait = parsedate_to_datetime(after).timestamp() - time.time()
            except ValueError:
                wait = 0.0  # neither number nor date: ignored
        if wait > LONGEST_WAIT:
            raise self.failure(f"{reason} and asks to wait for {wait:,.0f} seconds: try again then")
        return wait

    def _redirected(self, method: str, params: Pairs, body: bytes | None, headers: dict[str, str]) -> Reply:
        """Return the answer, following redirects on the same host."""
        parts = self._parts
        for _ in range(_MOST_REDIRECTS):
            reply = self._authenticated(parts, method, params, body, headers)
            if reply.status not in _REDIRECTS or not (place := reply.headers.get("location", "")):
                return reply
            target = urlsplit(urljoin(parts.geturl(), place))._replace(fragment="")
            if not self._is_ours(target):
                raise self.failure(f"redirects to {shown(target)}, another host: if that is right, pass that URL")
            if reply.status in (301, 308):
                self._parts = target._replace(query=self._parts.query)
            if reply.status == 303:
                method, body = "GET", None
            # A location with a query string already includes ours.
            params, parts = (() if target.query else params), target
        raise self.failure(f"redirects more than {_MOST_REDIRECTS} times")

    def _is_ours(self, target: SplitResult) -> bool:
        """Return whether a redirect stays on the host and keeps encryption."""

        def place(parts: SplitResult) -> tuple[str, str | None, int | None]:
            return (parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme))

        own, new = place(self._parts), place(target)
        standard = (self._parts.hostname, _PORTS["http"], _PORTS["https"])
        return own == new or (own[1:], new[1:], new[0]) == (standard[:2], standard[::2], "https")

    def _authenticated(
        self, parts: SplitResult, method: str, params: Pairs, body: bytes | None, headers: dict[str, str]
    ) -> Reply:
        """Return the answer to a request, with credentials if the server asks for them."""
        reply = self._once(parts, method, params, body, headers)
        if reply.status == 401 and self._thread.auth is None and not self._token:
            self._thread.auth = self._from_netrc(reply.headers.get("www-authenticate", ""))
            reply = self._once(parts, method, params, body, headers) if self._thread.auth else reply
        if reply.status in (401, 403):
            used = "KG_TOKEN" if self._token else "netrc's login" if self._thread.auth else ""
            why = f"does not let {used} do this" if used else "needs credentials: set KG_TOKEN or use netrc"
            raise self.failure(f"{why} ({reply.status}{self.words(reply)})")
        return reply

    def _from_netrc(self, challenge: str) -> "httpx.Auth | None":
        """Return the credentials for this host from netrc, in the scheme of the challenge, or None."""
        import netrc  # only for servers that ask

        import httpx

        path = Path(os.environ.get("NETRC") or "~/.netrc")
        try:
            # The entry `default` is not meant for this host.
            login_of_host = netrc.netrc(str(path.expanduser())).hosts.get(self._parts.hostname or "")
        except (FileNotFoundError, RuntimeError):
            return None  # no such file, or no home directory
        except (OSError, netrc.NetrcParseError, UnicodeDecodeError) as error:
            text = getattr(error, "strerror", None) or getattr(error, "msg", None) or "not UTF-8"
            raise KgError(f"cannot read '{path}': {text}") from error
        if login_of_host is None:
            return None
        login, _, password = login_of_host
        self._secrets.add(password)
        # A server may offer both; a digest does not send the password.
        if re.search(r"(^|,\s*)digest\b", challenge, re.IGNORECASE):
            return httpx.DigestAuth(login, password)
        return httpx.BasicAuth(login, password)

    def _once(
        self, parts: SplitResult, method: str, params: Pairs, body: bytes | None, headers: dict[str, str]
    ) -> Reply:
        """Return the answer to one request, without a retry."""
        import socket
        import ssl

        import httpx

        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        url = parts._replace(query="&".join(filter(None, (parts.query, urlencode(params))))).geturl()
        try:
            client = self._client()
            with client.stream(method, url, content=body, headers=headers, auth=self._thread.auth) as response:
                self.server = response.headers.get("server", "")
                data = b"".join(self._timed(response.iter_bytes()))
                kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Reply(response.status_code, kind, data, response.headers)
        except httpx.TimeoutException as error:
            raise self.failure(f"did not answer within {self._timeout:g} seconds") from error
        except httpx.ConnectError as error:
            causes = list(_causes(error))
            if tls := next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None):
                raise self.failure(f"no secure connection: {_tls_reason(tls)}") from error
            if any(isinstance(cause, socket.gaierror) for cause in causes):
                raise self.failure("unknown host") from error
            refused = any(isinstance(cause, ConnectionRefusedError) for cause in causes)
            raise _TransientError("no server listens: is it running?" if refused else "cannot be reached") from error
        except httpx.RemoteProtocolError as error:
            broken = "complete message" in str(error) or "incomplete" in str(error)
            raise _TransientError(
                "broke off in the middle of its answer" if broken else "did not answer in HTTP"
            ) from error
        except httpx.DecodingError as error:
            raise self.failure("cannot decompress the answer") from error
        except httpx.TransportError as error:
            raise _TransientError("the connection broke") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise KgError(f"'{self.shown}' is not the URL of an endpoint: {error}") from error

    def _client(self) -> "httpx.Client":
        if self._thread.client is None:
            import httpx

            timeout = httpx.Timeout(self._timeout or None, connect=min(10.0, self._timeout or 10.0))
            # Reading the certificate authorities takes most of the time, and is done once.
            self._tls = self._tls or httpx.create_ssl_context()
            self._thread.client = httpx.Client(timeout=timeout, headers={"User-Agent": "hearsay"}, verify=self._tls)
            weakref.finalize(self, self._thread.client.close)
        return self._thread.client

    def _timed(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the parts of an answer within the time limit, which a server could exceed without a slow part."""
        end = time.monotonic() + self._timeout if self._timeout else None
        for part in parts:
            if end is not None and time.monotonic() > end:
                raise self.failure(f"did not finish its answer within {self._timeout:g} seconds")
            yield part

    def words(self, reply: Reply) -> str:
        """Return the server's own message as the tail of a sentence, or ""."""
        text = reply.body[:20_000].decode(errors="replace")
        lines = _TAG.sub(" ", text).split("\n\n")[0] if "html" in reply.type or "<html" in text.lower() else text
        plain = " ".join((lines if reply.type != "text/plain" else lines.split("\n\n")[0]).split())
        if not plain or "\ufffd" in plain:
            return ""
        return f": {plain[:_QUOTED]}{'…' if len(plain) > _QUOTED else ''}"


def _is_transient(reply: Reply) -> bool:
    """Return whether a retry of the same request can help."""
    return reply.status in _RETRIED or (reply.status == 500 and bool(_DEADLOCK.search(reply.body)))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _tls_reason(error: Exception) -> str:
    """Return the reason of a failed TLS handshake."""
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
    if getattr(error, "verify_message", ""):
        return f"its certificate is not trusted ({reason})"
    return f"the TLS handshake failed ({str(reason).replace('_', ' ').lower()})"
