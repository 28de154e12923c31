"""Fees and charges: what a dossier owes, what was paid, what is remitted."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.clock import now
from app.errors import InvalidInput, NotFound, RuleViolated
from app.procedures import clocks, permissions, queries, standing
from app.procedures.models import (
    Dossier,
    DossierFee,
    DossierPayment,
    DossierStatus,
    FeePer,
    FeeTiming,
    FinanceState,
    PaymentWay,
    ProcedureFee,
    ProcedureVersion,
)
from app.security import Actor, authorize


@dataclass(frozen=True, slots=True)
class Quantities:
    """What amounts are multiplied with: pages of one copy, copies, signatures."""

    pages: int = 1
    copies: int = 1
    signatures: int = 1


def amount_of(fee: ProcedureFee, many: Quantities) -> tuple[int, int]:
    """Amount of one and how many: pages beyond `further_from` may cost less, one copy at most
    `most` (as Circular 226/2016/TT-BTC has it for certified copies)."""
    base = fee.amount or 0
    if fee.per is FeePer.PAGE:
        further = max(0, many.pages - fee.further_from + 1) if fee.further_from else 0
        cost = base * (many.pages - further) + (fee.further_amount or 0) * further
        return (min(cost, fee.most) if fee.most else cost), many.copies
    quantity = {FeePer.COPY: many.copies, FeePer.SIGNATURE: many.signatures}.get(fee.per, 1)
    return (min(base, fee.most) if fee.most else base), quantity


def quote(
    version: ProcedureVersion, many: Quantities, case: str | None = None
) -> list[tuple[ProcedureFee, int, int, int]]:
    """Each fee that applies, with its amount of one, how many and the product. Fees of a `case`
    apply in that case only; those whose amount comes by notice are left out."""
    found = []
    for fee in version.fees:
        if fee.amount is None or (fee.case and fee.case != case):
            continue
        one, quantity = amount_of(fee, many)
        found.append((fee, one, quantity, one * quantity))
    return found


def charge(
    session: Session,
    dossier: Dossier,
    version: ProcedureVersion,
    many: Quantities,
    *,
    case: str | None = None,
    exempt_ground: str = "",
) -> None:
    """Write down what the dossier owes."""
    fees = quote(version, many, case)
    for position, (fee, one, quantity, amount) in enumerate(fees, start=1):
        session.add(
            DossierFee(
                dossier_id=dossier.id,
                position=position,
                name=fee.name,
                kind=fee.kind,
                per=fee.per,
                timing=fee.timing,
                unit_amount=one,
                quantity=quantity,
                amount=amount,
                exempt_ground=exempt_ground.strip(),
            )
        )
    session.flush()
    settle(session, dossier)


def settle(session: Session, dossier: Dossier) -> None:
    """Bring the money side of the dossier to what its rows say."""
    session.flush()
    fees = queries.fees_of(session, dossier.id)
    if not any(fee.amount for fee in fees):
        dossier.finance = FinanceState.NONE
    elif all(fee.exempt_ground for fee in fees):
        dossier.finance = FinanceState.EXEMPT
    else:
        left = queries.amount_due(session, dossier.id)
        dossier.finance = FinanceState.DUE if left else FinanceState.PAID


def pay(
    session: Session,
    actor: Actor,
    *,
    dossier_id: int,
    amount: int,
    way: PaymentWay = PaymentWay.CASH,
    receipt_number: str | None = None,
    reference: str = "",
) -> DossierPayment:
    """Take money. A dossier that waits for it goes on when all is paid.

    Raises:
        InvalidInput: nothing, more than is owed, or a receipt number that was used.
    """
    dossier = standing.fetch(session, actor, dossier_id)
    actor = authorize(actor, permissions.RECEIVE)
    payment = take(session, actor, dossier, amount, way, receipt_number, reference)
    text = f"Đã nộp {amount:,} đồng".replace(",", ".")
    standing.write_down(session, actor, dossier, "paid", text, public=True, amount=amount)
    _go_on(session, actor, dossier)
    return payment


def _go_on(session: Session, actor: Actor, dossier: Dossier) -> None:
    """A dossier that waits for money goes on when nothing is owed any more."""
    if dossier.status is DossierStatus.FINANCE and dossier.finance is not FinanceState.DUE:
        dossier.become(DossierStatus.PROCESSING)
        clocks.resume(session, actor, dossier)


def take(
    session: Session,
    actor: Actor,
    dossier: Dossier,
    amount: int,
    way: PaymentWay,
    receipt_number: str | None = None,
    reference: str = "",
) -> DossierPayment:
    """The row of a payment, and the state of the money."""
    owed = queries.amount_due(session, dossier.id)
    if not 0 < amount <= owed:
        raise InvalidInput(f"Còn phải nộp {owed:,} đồng.".replace(",", "."), "amount")
    number = (receipt_number or "").strip() or None
    used = sa.select(DossierPayment.id).filter_by(receipt_number=number)
    if number is not None and session.scalar(used) is not None:
        raise InvalidInput(f"Số biên lai {number} đã dùng.", "receipt_number")
    payment = DossierPayment(
        dossier_id=dossier.id,
        amount=amount,
        way=way,
        receipt_number=number,
        reference=reference.strip(),
        at=now(),
        by_post_id=actor.post_id,
    )
    session.add(payment)
    settle(session, dossier)
    return payment


def exempt(
    session: Session, actor: Actor, *, dossier_id: int, fee_id: int, ground: str
) -> DossierFee:
    """Remit a fee. A dossier that waits for nothing else goes on.

    Raises:
        InvalidInput: no legal ground.
        RuleViolated: the dossier is closed, or the fee is paid already.
    """
    dossier = standing.fetch(session, actor, dossier_id)
    actor = authorize(actor, permissions.RECEIVE)
    standing.must_be_open(dossier)
    if not ground.strip():
        raise InvalidInput("Phải ghi căn cứ miễn, giảm.", "ground")
    fee = session.get(DossierFee, fee_id)
    if fee is None or fee.dossier_id != dossier.id:
        raise NotFound(f"fee {fee_id} of dossier {dossier_id}")
    if dossier.finance is not FinanceState.DUE:
        raise RuleViolated("Hồ sơ không còn khoản nào phải nộp.")
    fee.exempt_ground = ground.strip()
    settle(session, dossier)
    standing.write_down(session, actor, dossier, "exempted", fee.exempt_ground, fee=fee.id)
    _go_on(session, actor, dossier)
    return fee


def ask_fees(session: Session, actor: Actor, *, dossier_id: int, reason: str) -> Dossier:
    """Ask the citizen to pay before the dossier goes on (status 6). The clock stands if the
    version says so.

    Raises:
        InvalidInput: no reason.
        RuleViolated: nothing is owed, or the dossier is not being processed.
    """
    dossier = standing.fetch(session, actor, dossier_id)
    actor = standing.as_holder(actor, dossier)
    if not reason.strip():
        raise InvalidInput("Phải ghi nội dung nghĩa vụ tài chính.", "reason")
    if dossier.finance is not FinanceState.DUE:
        raise RuleViolated("Hồ sơ không còn khoản nào phải nộp.")
    dossier.become(DossierStatus.FINANCE)
    if dossier.procedure_version.pauses_for_fees:
        clocks.pause(session, actor, dossier, reason=reason)
    standing.write_down(session, actor, dossier, "fees_asked", reason.strip(), public=True)
    return dossier


def add_fee(
    session: Session, actor: Actor, *, dossier_id: int, fee_id: int, amount: int
) -> DossierFee:
    """Write down a fee whose amount comes by notice, as a tax duty.

    Raises:
        NotFound: it is no fee by notice of the version that the dossier keeps.
        InvalidInput: no amount.
    """
    dossier = standing.fetch(session, actor, dossier_id)
    actor = standing.as_holder(actor, dossier)
    standing.must_be_open(dossier)
    fee = session.get(ProcedureFee, fee_id)
    if fee is None or fee.version_id != dossier.procedure_version_id or fee.amount is not None:
        raise NotFound(f"fee {fee_id} by notice of dossier {dossier_id}")
    if amount <= 0:
        raise InvalidInput("Phải ghi số tiền.", "amount")
    row = DossierFee(
        dossier_id=dossier.id,
        position=len(queries.fees_of(session, dossier.id)) + 1,
        name=fee.name,
        kind=fee.kind,
        per=fee.per,
        timing=FeeTiming.AFTER,
        unit_amount=amount,
        quantity=1,
        amount=amount,
    )
    session.add(row)
    settle(session, dossier)
    standing.write_down(session, actor, dossier, "fee_added", fee.name, amount=amount)
    return row
