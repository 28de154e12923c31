"""/lien-thong/<token>: one packet, its files, statuses both ways, and what may be done now."""

from __future__ import annotations

import io
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import audit
from app.db import reading, transaction
from app.errors import NotFound, RuleViolated
from app.exchange import entry, permissions, queries
from app.exchange.edxml.types import STATUS_LABELS
from app.exchange.edxml.write import write_packet
from app.exchange.folders import current_folders
from app.exchange.forms import AnswerForm, ReasonForm
from app.exchange.models import PACKET_LABELS, ExchangePacket, PacketState, StatusState, Way
from app.exchange.queries.letters import intakes_of, letters_of
from app.exchange.queries.packets import TROUBLED, parties_of, told_about
from app.exchange.services import composing, holding, sending, telling
from app.exchange.views.blueprint import TONES, bp
from app.files.models import StoredFile
from app.files.serving import send
from app.files.store import current_store
from app.incoming import permissions as letters
from app.incoming import services as incoming
from app.incoming.models import IncomingDocument
from app.incoming.quarantine import current_quarantine
from app.incoming.queries.letters import get_letter_by_token
from app.outgoing.queries.documents import get_document
from app.security import Actor
from app.web.gate import needs
from app.web.shell import current_actor, settings

NOTHING_HELD = "Gói tin gốc không còn để đọc lại. Đề nghị nơi gửi gửi lại."


@dataclass(frozen=True, slots=True)
class Acts:
    """What this actor may do with this packet now."""

    answer: bool
    give_back: bool
    retry: bool
    throw_away: bool
    mark_handled: bool
    download: bool


def acts_for(
    actor: Actor,
    packet: ExchangePacket,
    letter: IncomingDocument | None,
    *,
    asked: bool,
    failed: bool,
) -> Acts:
    """The buttons. The services ask again."""
    may, own = actor.may(permissions.HANDLE), packet.way is Way.OUT
    return Acts(
        answer=may and asked,
        give_back=may
        and not own
        and packet.state is PacketState.TAKEN
        and packet.settled_at is None
        and letter is None,
        retry=may
        and (failed or packet.state in TROUBLED)
        and not (own and packet.error == sending.TAKEN_BACK),
        throw_away=may and packet.state in holding.WAITING,
        mark_handled=may and packet.state in TROUBLED and packet.settled_at is None,
        download=may and (packet.file_id is not None or (own and packet.outgoing_id is not None)),
    )


@bp.get("/<token>")
@needs(permissions.READ)
def detail(token: str) -> ResponseReturnValue:
    """The page of a packet."""
    return show(token)


def show(token: str, message: str | None = None) -> str:
    """The page; `message` says why an act was refused."""
    actor = current_actor()
    with reading() as session:
        packet = queries.get_by_token(session, actor, token)
        statuses = told_about(session, packet.id, None)
        letter = letters_of(session, [packet.id]).get(packet.id)
        asked = telling.open_request(session, packet.id) if packet.way is Way.IN else None
        failed = any(one.state is StatusState.FAILED for one in statuses)
        return render_template(
            "exchange/detail.html",
            packet=packet,
            letter=letter if actor.may(letters.READ) else None,
            document=_document(session, actor, packet),
            items=intakes_of(session, [packet.id])[packet.id],
            parties=parties_of(session, [packet.id])[packet.id],
            statuses=statuses,
            asked=asked,
            earlier=session.get(ExchangePacket, packet.refers_to_id)
            if packet.refers_to_id
            else None,
            acts=acts_for(actor, packet, letter, asked=asked is not None, failed=failed),
            states=PACKET_LABELS,
            tones=TONES,
            labels=STATUS_LABELS,
            message=message,
        )


def _document(session: Session, actor: Actor, packet: ExchangePacket) -> object:
    """Our document in it, if the actor may see that."""
    if packet.outgoing_id is None:
        return None
    try:
        return get_document(session, actor, packet.outgoing_id)
    except NotFound:
        return None


def must_see_content(session: Session, actor: Actor, packet: ExchangePacket) -> None:
    """Raises NotFound when the letter or document in a packet is not the actor's to see."""
    if packet.outgoing_id is not None:
        get_document(session, actor, packet.outgoing_id)
    letter = letters_of(session, [packet.id]).get(packet.id)
    if letter is not None:
        get_letter_by_token(session, actor, letter.token)


@bp.get("/<token>/goi-tin")
@needs(permissions.HANDLE)
def raw(token: str) -> Response:
    """The packet as it came or goes, for those who may see what is in it. It is written down."""
    actor = current_actor()
    with transaction("exchange.download") as session:
        packet = queries.get_by_token(session, actor, token)
        must_see_content(session, actor, packet)
        stored = session.get(StoredFile, packet.file_id) if packet.file_id else None
        if stored is None and packet.outgoing_id is None:
            raise NotFound(f"packet {token} has no file")
        audit.record_read(session, actor, queries.KIND, packet.id, "downloaded")
        message = (
            composing.compose_packet(session, packet, current_store().path)
            if stored is None
            else None
        )
    if stored is not None:
        return send(current_store(), stored, inline=False)
    assert message is not None  # noqa: S101  (one of the two is there)
    out = io.BytesIO()
    write_packet(message, out)
    out.seek(0)
    return send_file(
        out, "application/xml", as_attachment=True, download_name=f"van-ban-{packet.id}.edxml"
    )


@bp.post("/<token>/tra-loi")
@needs(permissions.HANDLE)
def answer(token: str) -> ResponseReturnValue:
    """Agree to a recall, which ends the letter in the same commit, or refuse it."""
    actor, form = current_actor(), AnswerForm()
    agrees = request.form.get("agrees") == "1"
    words = form.answer.data or ""
    ended: list[int] = []
    try:
        with transaction("exchange.answer") as session:
            packet = queries.get_by_token(session, actor, token)
            if agrees:
                letter = letters_of(session, [packet.id]).get(packet.id)
                ended = end_letter(session, actor, letter, words or _("Nơi gửi thu hồi"))
            telling.answer_request(session, actor, packet_id=packet.id, agrees=agrees, answer=words)
    except RuleViolated as error:
        return show(token, error.user_message), 409
    for intake_id in ended:
        current_quarantine().purge(intake_id)
    flash(_("Đã trả lời nơi gửi."), "ok")
    return redirect(url_for("exchange.detail", token=token))


def end_letter(
    session: Session, actor: Actor, letter: IncomingDocument | None, reason: str
) -> list[int]:
    """The copy is cancelled, its data stay: a registered letter ends, a draft is refused.

    Returns the intake rows whose bytes in quarantine go after the commit.
    """
    if letter is None or letter.closed_at is not None:
        return []
    if letter.registered:
        incoming.note_recalled(session, actor, letter_id=letter.id, reason=reason)
        return []
    return incoming.reject_letter(session, actor, letter_id=letter.id, reason=reason)


@bp.post("/<token>/tra-lai")
@needs(permissions.HANDLE)
def give_back(token: str) -> ResponseReturnValue:
    """Return a packet of which no letter was made."""
    actor, form = current_actor(), ReasonForm()
    with transaction("exchange.return") as session:
        packet = queries.get_by_token(session, actor, token)
        telling.return_packet(session, actor, packet_id=packet.id, reason=form.reason.data or "")
    flash(_("Đã báo nơi gửi là không tiếp nhận."), "ok")
    return redirect(url_for("exchange.detail", token=token))


@bp.post("/<token>/lam-lai")
@needs(permissions.HANDLE)
def retry(token: str) -> ResponseReturnValue:
    """Let in a packet that was put aside, or write a failed one again."""
    actor = current_actor()
    try:
        with transaction("exchange.retry") as session:
            packet = queries.get_by_token(session, actor, token)
            waits = packet.state in holding.WAITING
            if waits:
                holding.let_in(session, actor, packet)
            else:
                sending.retry(session, actor, packet_id=packet.id)
    except RuleViolated as error:
        return show(token, error.user_message), 409
    if not waits:
        flash(_("Hệ thống đang gửi lại."), "ok")
        return redirect(url_for("exchange.detail", token=token))
    received = entry.resume(packet.id, limit=settings().limits.upload_bytes)
    sentence = received.sentence if received else _(NOTHING_HELD)
    flash(sentence, "ok" if received and received.ok else "warn")
    there = received.packet_token if received and received.packet_token else token
    return redirect(url_for("exchange.detail", token=there))


@bp.post("/<token>/bo")
@needs(permissions.HANDLE)
def throw_away(token: str) -> ResponseReturnValue:
    """Throw away a packet that was put aside, with its held file."""
    actor = current_actor()
    try:
        with transaction("exchange.discard") as session:
            packet = queries.get_by_token(session, actor, token)
            holding.throw_away(session, actor, packet_id=packet.id)
    except RuleViolated as error:
        return show(token, error.user_message), 409
    current_folders().forget(packet.id)
    flash(_("Đã bỏ gói tin và hủy tệp gốc."), "ok")
    return redirect(url_for("exchange.index", tab="loi"))


@bp.post("/<token>/da-xu-ly")
@needs(permissions.HANDLE)
def mark_handled(token: str) -> ResponseReturnValue:
    """A person has dealt with it by other means: it leaves “Cần xử lý”."""
    actor = current_actor()
    try:
        with transaction("exchange.mark_handled") as session:
            packet = queries.get_by_token(session, actor, token)
            holding.mark_handled(session, actor, packet_id=packet.id)
    except RuleViolated as error:
        return show(token, error.user_message), 409
    flash(_("Đã đánh dấu gói tin là đã xử lý."), "ok")
    return redirect(url_for("exchange.index", tab="loi"))
