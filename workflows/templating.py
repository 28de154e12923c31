"""Uploaded templates of drafts: filled, made a PDF, then usable or not. Safe to kill."""

from __future__ import annotations

import io
import logging

from app.db import transaction
from app.errors import AppError
from app.outgoing.papers import trial
from app.outgoing.services import template_checks as checks
from app.outgoing.services.leases import LeaseLost
from workflows.runtime import Runtime

log = logging.getLogger(__name__)

FAULT = "Chương trình kiểm tra mẫu gặp lỗi. Hãy nộp lại, hoặc báo quản trị."


def run_next(runtime: Runtime) -> bool:
    """Check the template that waits longest. Returns whether there was one."""
    with transaction("outgoing.claim_template") as session:
        claim = checks.claim_template(session)
    if claim is None:
        return False
    try:
        _check(runtime, claim)
    except LeaseLost:
        log.info("template %s went to another worker", claim.template_id)
    return True


def _check(runtime: Runtime, claim: checks.TemplateClaim) -> None:
    try:
        pdf = trial.as_pdf(runtime.store.path(claim.sha256).read_bytes(), claim.sample)
        blob = runtime.store.put(io.BytesIO(pdf))
    except AppError as error:
        _refuse(claim, error.user_message)
    except Exception:
        log.exception("template %s could not be checked", claim.template_id)
        _refuse(claim, FAULT)
    else:
        with transaction("outgoing.template_usable") as session:
            checks.finish_template(session, claim, blob)


def _refuse(claim: checks.TemplateClaim, sentence: str) -> None:
    with transaction("outgoing.template_unusable") as session:
        checks.refuse_template(session, claim, sentence)
