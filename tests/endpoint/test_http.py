"""HTTP as it is met: slow, broken, elsewhere, in disguise; each fault is one sentence, and no secret is in any."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import pytest
import trustme
from support.http_server import YES, Request, Response, Server, habit, hasty, in_turn, serving, told

from kg.endpoint.http import ATTEMPTS, Connection
from kg.errors import KgError, OutsideError
from kg.project.dataset import Dataset
from kg.query.engine import run

#: Processes, servers or many commands: a minute and a half together.
pytestmark = pytest.mark.slow

CLAIMS = "SELECT (COUNT(?claim) AS ?n) WHERE { ?claim a kg:Claim }"


@pytest.fixture(autouse=True)
def nothing_leads_elsewhere(alone: None) -> None:
    """See to it that the environment names no proxy, no token and no endpoint."""


# --- Whatever goes wrong ---


@contextmanager
def _failing(given: Response | None, words: str, timeout: float = 10) -> Iterator[Server]:
    """Give a server that answers so, once a query sent to it has failed with one line of these words."""
    with serving(lambda _: given) as server:
        with pytest.raises(OutsideError) as failed:
            hasty(server.url, timeout).run(CLAIMS)
        message = str(failed.value)
        assert message.startswith(f"{server.url}: ") and words in message, message
        assert message.isprintable()
        yield server


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            Response(b"<html><body><h1>Welcome</h1></body></html>", "text/html"),
            "answers with a web page, not with SPARQL results",
        ),
        (Response(b"%PDF", "application/pdf"), "answers with 'application/pdf', not with SPARQL results"),
        (Response(b"{}", ""), "answers with no media type"),
        (
            Response(b'{"head":{"vars":["n"]},"results":{"bind'),
            "the answer is not complete application/sparql-results+json",
        ),
        (Response(b""), "the answer is empty"),
        (Response(b"boom\x1b[31m", "text/plain", 500), "fails (500): boom"),
        (Response(b"<html><title>x</title><h1>Proxy</h1> error</html>", "text/html", 500), "fails (500): Proxy error"),
        (Response(b"no such thing", "text/plain", 404), "answers no queries at this URL (404): no such thing"),
        (Response(b"bad at line 1\n\nSELECT", "text/plain", 400), "refuses the query (400): bad at line 1"),
        (Response(YES), "answers a SELECT with true or false"),
        (Response(b"", status=302), "answers with 302"),
    ],
)
def test_an_answer_that_is_none_is_told_in_one_line(given: Response, words: str) -> None:
    with _failing(given, words) as server:
        # First it is asked what its default graph is, and only a true answer leads on.
        assert len(server.asked) == (2 if given.body == YES else 1), "asking again would not help"


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"X-SPARQL-MaxRows": "300"}, "returns at most 300 rows and has truncated the answer"),
        ({"X-SQL-State": "S1TAT"}, "ran out of time and returned a part of the answer"),
    ],
)
def test_an_answer_that_says_it_is_cut_is_none(headers: dict[str, str], words: str) -> None:
    with _failing(Response(b'{"head":{"vars":["s"]},"results":{"bindings":[]}}', headers=headers), words):
        pass


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Response(YES, missing=10), "broke off in the middle of its answer; tried 4 times"),
        (None, "did not answer in HTTP; tried 4 times"),
        (Response(b"busy", "text/plain", 503), "answers 503: busy; tried 4 times"),
        (Response(b"", status=429), "answers 429; tried 4 times"),
        (
            Response(b"Error 40001 SR172: Transaction deadlocked", "text/plain", 500),
            "answers 500: Error 40001 SR172: Transaction deadlocked; tried 4 times",
        ),
    ],
)
def test_what_may_pass_is_asked_again_a_few_times(given: Response | None, words: str) -> None:
    with _failing(given, words) as server:
        assert len(server.asked) == ATTEMPTS


def test_what_passes_is_no_failure(sample: Dataset) -> None:
    bad: list[Response | None] = [Response(b"", status=503), None, Response(YES, missing=3), Response(b"", status=429)]
    answer = habit(sample.store)
    with serving(lambda asked: bad.pop() if bad and len(bad) != 1 else answer(asked)) as server:
        assert told(hasty(server.url).run(CLAIMS)) == told(run(sample.store, CLAIMS))


def test_a_server_that_asks_for_time_is_given_it() -> None:
    waits: list[float] = []
    later = formatdate(time.time() + 30, usegmt=True)
    for after, least, most in (("7", 7, 7), (later, 20, 31), ("soon", 0, 3), ("", 0, 3), ("0", 0, 3)):
        waits.clear()
        answers: list[Response | None] = [Response(b"", status=503, headers={"Retry-After": after}), Response(YES)]
        with serving(in_turn(answers)) as server:
            Connection(server.url, pause=waits.append).send("GET")
        assert len(waits) == 1 and least <= waits[0] <= most, after


@pytest.mark.parametrize(
    "after", ["3600", "999999999", formatdate(time.time() + 9e6, usegmt=True)], ids=["hour", "years", "date"]
)
def test_a_server_that_asks_for_long_is_left(after: str) -> None:
    given = Response(b"", status=429, headers={"Retry-After": after})
    with _failing(given, "asks to wait for") as server:
        assert len(server.asked) == 1


def test_waits_grow_and_are_never_alike() -> None:
    waits: list[float] = []
    with serving(lambda _: Response(b"", status=503)) as server:
        for _ in range(5):
            with pytest.raises(OutsideError):
                Connection(server.url, pause=waits.append).send("GET")
    each = [waits[n :: ATTEMPTS - 1] for n in range(ATTEMPTS - 1)]
    assert all(max(one) <= 2 * min(two) and min(two) >= min(one) for one, two in pairwise(each))
    assert len(set(waits)) == len(waits)


@pytest.mark.parametrize("given", [Response(YES, delay=3), Response(YES, drip=0.2)])
def test_a_slow_server_is_left(given: Response) -> None:
    start = time.monotonic()
    with _failing(given, "answer within 0.5 seconds", timeout=0.5) as server:
        assert len(server.asked) == 1
    assert time.monotonic() - start < 3


def test_nobody_there_is_told() -> None:
    with serving(lambda _: None) as server:
        pass
    with pytest.raises(OutsideError, match=r"/sparql: no server listens: is it running\?; tried 4 times\Z"):
        hasty(server.url).run(CLAIMS)


def test_an_unknown_host_is_told() -> None:
    with pytest.raises(OutsideError, match=r"\Ahttp://nobody.invalid/sparql: unknown host\Z"):
        hasty("http://nobody.invalid/sparql").run(CLAIMS)


def test_a_redirect_to_another_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_TOKEN", "secret-token")
    with serving(lambda _: Response(YES)) as other:
        place = other.url.replace("http://", "http://user:pass@") + "?token=x"
        with _failing(
            Response(b"", status=307, headers={"Location": place}), f"redirects to {other.url}, another host"
        ):
            pass
    assert other.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_host_is_followed(sample: Dataset, status: int) -> None:
    answer = habit(sample.store)

    def moved(asked: Request) -> Response | None:
        if asked.path == "/new":
            return answer(asked)
        query = f"?{urlencode(asked.pairs)}" if status == 303 else ""
        return Response(b"", status=status, headers={"Location": f"/new{query}"})

    with serving(moved) as server:
        remote = hasty(server.url)
        assert told(remote.run(CLAIMS)) == told(run(sample.store, CLAIMS))
        asked = len(server.asked)
        remote.run(CLAIMS)
    # What has moved for good is not asked for at its old place again.
    assert len(server.asked) - asked == (1 if status in (301, 308) else 2)


def test_redirects_in_a_circle_end() -> None:
    with _failing(Response(b"", status=302, headers={"Location": "/sparql"}), "redirects more than 5 times"):
        pass


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def _tls(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_a_certificate_that_nobody_vouches_for_is_told(authority: trustme.CA) -> None:
    refused = pytest.raises(OutsideError, match=r"no secure connection: its certificate is not trusted \(")
    with serving(lambda _: Response(YES), _tls(authority, "127.0.0.1")) as server, refused:
        hasty(server.url).run(CLAIMS)
    assert server.asked == []


def test_a_certificate_of_another_host_is_told(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    refused = pytest.raises(OutsideError, match=r"certificate is not trusted \(IP address mismatch")
    with serving(lambda _: Response(YES), _tls(authority, "a.example")) as server, refused:
        hasty(server.url).run(CLAIMS)
    with serving(lambda _: Response(YES), _tls(authority, "127.0.0.1")) as server:
        assert bool(hasty(server.url).run("ASK { ?s ?p ?o }"))


def test_a_server_without_encryption_is_told() -> None:
    with serving(lambda _: Response(YES)) as server, pytest.raises(OutsideError, match="the TLS handshake failed"):
        hasty(server.url.replace("http:", "https:")).run(CLAIMS)


# --- Who asks ---


def test_a_token_goes_to_the_endpoint_and_nowhere_else(sample: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_TOKEN", "secret-token")
    with serving(habit(sample.store)) as server:
        hasty(server.url).run(CLAIMS)
    assert {one.headers["authorization"] for one in server.asked} == {"Bearer secret-token"}


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_refused_is_not_shown(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setenv("KG_TOKEN", "secret-token")
    given = Response(b"secret-token is no good", "text/plain", status)
    with _failing(given, f"does not let KG_TOKEN do this ({status}: … is no good)"):
        pass


@pytest.mark.parametrize("token", ["a b\nc", "é", "a\x00b"])
def test_a_token_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    with pytest.raises((KgError, ValueError), match=r"KG_TOKEN|null"):
        monkeypatch.setenv("KG_TOKEN", token)
        Connection("http://a.example/")


@pytest.mark.parametrize("challenge", ['Basic realm="x"', 'Digest realm="x", nonce="n", qop="auth", algorithm=MD5'])
def test_netrc_says_who_asks(sample: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, challenge: str) -> None:
    answer = habit(sample.store)

    def asking(asked: Request) -> Response | None:
        if "authorization" not in asked.headers:
            return Response(b"who?", "text/plain", 401, {"WWW-Authenticate": challenge})
        return answer(asked)

    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(asking) as server:
        with pytest.raises(OutsideError, match=r"needs credentials: set KG_TOKEN or use netrc \(401: who\?\)"):
            hasty(server.url).run(CLAIMS)
        (tmp_path / "netrc").write_text("default login any password other\n")
        with pytest.raises(OutsideError, match="needs credentials"):
            hasty(server.url).run(CLAIMS)
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
        assert told(hasty(server.url).run(CLAIMS)) == told(run(sample.store, CLAIMS))
    assert server.asked[-1].headers["authorization"].startswith(challenge.split()[0])


def test_a_netrc_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text("machina 127.0.0.1\n")
    given = Response(b"", status=401, headers={"WWW-Authenticate": "Basic"})
    with serving(lambda _: given) as server, pytest.raises(KgError, match=r"cannot read .*netrc': "):
        hasty(server.url).run(CLAIMS)


def test_the_query_string_of_a_url_is_sent_and_not_shown() -> None:
    given = Response(b"apikey=secret is no good", "text/plain", 500)
    with serving(lambda _: given) as server, pytest.raises(OutsideError) as failed:
        hasty(f"{server.url}?apikey=secret").run(CLAIMS)
    assert "secret" not in str(failed.value)
    assert server.asked[0].all("apikey") == ["secret"]
