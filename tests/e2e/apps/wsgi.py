# SPDX-License-Identifier: MIT
"""gunicorn wsgi:app answers with the client's address."""


def app(environ, start_response):
    body = environ["REMOTE_ADDR"].encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
