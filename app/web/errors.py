"""Services raise, this one table answers."""

from __future__ import annotations

from flask import Flask, redirect, render_template, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as RoutingNotFound
from werkzeug.routing import RequestRedirect

from app import request_context
from app.errors import (
    AppError,
    Busy,
    EditConflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
    RuleViolated,
)

STATUS: dict[type[AppError], int] = {
    NotFound: 404,
    PermissionDenied: 403,
    InvalidInput: 422,
    RuleViolated: 409,
    EditConflict: 409,
    Busy: 503,
}
HTTP_SENTENCES = {
    400: "Yêu cầu không hợp lệ.",
    401: "Bạn cần đăng nhập để tiếp tục.",
    403: "Bạn không có quyền thực hiện thao tác này.",
    404: "Không có trang này, hoặc bạn không được xem.",
    405: "Trang này không nhận thao tác đó.",
    413: "Tệp quá lớn. Hãy chia nhỏ hoặc giảm độ phân giải rồi gửi lại.",
    429: "Có quá nhiều yêu cầu. Hãy thử lại sau ít phút.",
}


KEPT = frozenset({409, 500, 503})
"""After these a person fears for what was saved before."""


def status_of(error: AppError) -> int:
    """The status for an error, by its nearest listed class."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def answer(sentence: str, status: int) -> ResponseReturnValue:
    """The sentence as a page, as a partial for htmx, or as JSON for the API."""
    code = request_context.request_id.get() or ""
    if request.path.startswith("/api/"):
        return {"error": sentence, "request_id": code}, status
    context = {"error": AppError(user_message=sentence), "code": code, "kept": status in KEPT}
    if "HX-Request" not in request.headers:
        return render_template("error.html", **context), status
    headers = {"HX-Retarget": "#messages", "HX-Reswap": "innerHTML"}
    return render_template("_message.html", **context), status, headers


def page_above(path: str) -> str | None:
    """The nearest page above an address that only takes forms: a letter's, above its directive's.

    Whoever loads such an address again, after a refused form, comes back to the thing itself.
    None for addresses of machines, which have no page.
    """
    adapter = request_ctx.url_adapter
    if adapter is None or path.startswith("/api/"):
        return None
    while path not in ("", "/"):
        path = path.rpartition("/")[0] or "/"
        try:
            adapter.match(path, method="GET")
        except RequestRedirect as error:
            return error.new_url
        except (RoutingNotFound, MethodNotAllowed):
            continue
        return path
    return None


def register_error_handlers(app: Flask) -> None:
    @app.errorhandler(AppError)
    def app_error(error: AppError) -> ResponseReturnValue:
        app.logger.info("%s: %s", type(error).__name__, error)
        return answer(error.user_message, status_of(error))

    @app.errorhandler(StaleDataError)
    def stale(error: StaleDataError) -> ResponseReturnValue:
        return answer(EditConflict.user_message, 409)

    @app.errorhandler(OperationalError)
    def locked(error: OperationalError) -> ResponseReturnValue:
        app.logger.exception("database refused")
        return answer(Busy.user_message, 503)

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> ResponseReturnValue:
        return answer(_("Trang đã mở quá lâu. Hãy tải lại trang rồi thực hiện lại."), 400)

    @app.errorhandler(MethodNotAllowed)
    def only_posted(error: MethodNotAllowed) -> ResponseReturnValue:
        above = page_above(request.path) if request.method in ("GET", "HEAD") else None
        if above is not None:
            return redirect(above, 303)
        return answer(_(HTTP_SENTENCES[405]), 405)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        sentence = HTTP_SENTENCES.get(status, AppError.user_message)
        return answer(sentence, status)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        app.logger.exception("unexpected error")
        return answer(
            _("Hệ thống gặp lỗi ngoài dự kiến. Nội dung đã lưu vẫn còn; hãy báo mã hỗ trợ."), 500
        )
