"""Swagger UI at /docs, from our own server: its files come with the package fastapi-swagger."""

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles


def serve_docs(app: FastAPI) -> None:
    if app.openapi_url is None:  # as in production: there is nothing to draw
        return
    app.mount("/swagger-ui", StaticFiles(packages=[("fastapi_swagger", "resources")]))

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            title=f"{app.title} - Swagger UI",
            openapi_url="openapi.json",
            swagger_js_url="swagger-ui/swagger-ui-bundle.js",
            swagger_css_url="swagger-ui/swagger-ui.css",
            swagger_favicon_url="swagger-ui/favicon-32x32.png",
        )
