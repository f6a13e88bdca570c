"""Static files: kept by browsers for a year where the address carries the hash, asked again otherwise."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles as Plain
from starlette.types import Scope


class StaticFiles(Plain):
    """Starlette's, with a lifetime."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        hashed = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response
